using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A text with values of resources in it, written as an interpolated string:
/// <c>ReferenceExpression.Create($"amqp://{host}:{port}")</c>. It has a value when the application runs and an expression in the manifest.
/// </summary>
public sealed partial class ReferenceExpression : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    private ReferenceExpression(string format, IReadOnlyList<IValueProvider> providers, IReadOnlyList<string> expressions) =>
        (Format, ValueProviders, ManifestExpressions) = (format, providers, expressions);

    /// <summary>The text with <c>{0}</c>, <c>{1}</c> … in the places of the values.</summary>
    public string Format { get; }

    /// <summary>The values, in the order of their places.</summary>
    public IReadOnlyList<IValueProvider> ValueProviders { get; }

    /// <summary>The values' manifest expressions, in the same order.</summary>
    public IReadOnlyList<string> ManifestExpressions { get; }

    /// <inheritdoc/>
    public string ValueExpression => string.Format(CultureInfo.InvariantCulture, Format, [.. ManifestExpressions]);

    IEnumerable<object> IValueWithReferences.References => ValueProviders;

    /// <summary>Makes an expression of an interpolated string.</summary>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.ToExpression();

    /// <inheritdoc/>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var values = new object?[ValueProviders.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = await ValueProviders[i].GetValueAsync(cancellationToken);
        }

        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }
}
