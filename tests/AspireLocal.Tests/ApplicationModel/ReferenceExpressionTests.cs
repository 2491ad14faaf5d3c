namespace QatPipeline.AspireLocal.Tests.ApplicationModel;

public class ReferenceExpressionTests
{
    private sealed class Given(string value, string expression) : IValueProvider, IManifestExpressionProvider
    {
        public string ValueExpression => expression;

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(value);
    }

    [Fact]
    public async Task Expression_HasAValueInARunAndANameInAManifest()
    {
        var host = new Given("127.0.0.1", "{broker.bindings.amqp.host}");
        var port = new Given("5672", "{broker.bindings.amqp.port}");

        var expression = ReferenceExpression.Create($"amqp://{host}:{port}/{"vhost"}");

        Assert.Equal("amqp://127.0.0.1:5672/vhost", await expression.GetValueAsync(TestContext.Current.CancellationToken));
        Assert.Equal("amqp://{broker.bindings.amqp.host}:{broker.bindings.amqp.port}/vhost", expression.ValueExpression);
    }

    [Fact]
    public async Task Braces_OfTheTextStay()
    {
        var value = new Given("v", "{p.value}");
        const string Known = "{x}";

        var expression = ReferenceExpression.Create($"{{127,0,0,1}} {Known} {value}");

        Assert.Equal("{127,0,0,1} {x} v", await expression.GetValueAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Expressions_Nest()
    {
        var inner = ReferenceExpression.Create($"<{new Given("v", "{p.value}")}>");

        var outer = ReferenceExpression.Create($"({inner})");

        Assert.Equal("(<v>)", await outer.GetValueAsync(TestContext.Current.CancellationToken));
        Assert.Equal("(<{p.value}>)", outer.ValueExpression);
    }
}
