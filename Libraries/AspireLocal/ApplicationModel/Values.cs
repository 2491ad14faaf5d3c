namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something that has a text value when the application runs.</summary>
public interface IValueProvider
{
    /// <summary>Waits for the value where it is not known yet (a port that is still to be allocated).</summary>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>Something that the manifest names by an expression such as <c>{rabbitmq.bindings.amqp.port}</c>.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The expression, braces included.</summary>
    string ValueExpression { get; }
}

/// <summary>A value that is made of others.</summary>
public interface IValueWithReferences
{
    /// <summary>The resources and values that this one is made of.</summary>
    IEnumerable<object> References { get; }
}
