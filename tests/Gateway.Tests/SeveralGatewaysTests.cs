using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace QatPipeline.Gateway.Tests;

/// <summary>Gateways that share broker and storage are one to their callers.</summary>
[Trait("Category", "Slow")]
public sealed partial class SeveralGatewaysTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const string Specification = """
        name: two
        model: { onnx: /nowhere/model.onnx }
        data: { calibration: [ { synthetic: { images: 4 } } ], validation: [ { synthetic: { images: 4 } } ] }
        qat: null
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FormOfOne_IsTakenByTheOther_AndTheOtherGoesOnAlone()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        // Both at once: each finds no keys for its forms.
        var started = await Task.WhenAll(fixture.StartAsync(Store()), fixture.StartAsync(Store()));
        using var first = started[0];
        using var second = started[1];
        // A cookie knows no ports.
        using var browser = new HttpClient();
        var page = await browser.GetStringAsync(new Uri(first.Address, $"/login?t={GatewayFixture.Key}&returnUrl=/submit"), Token);
        first.Kill();

        using var form = new MultipartFormDataContent
        {
            { new StringContent(TokenField().Match(page).Groups[1].Value), "__RequestVerificationToken" },
            { new StringContent(Specification), "specification" },
            { new StringContent("two-1"), "runId" },
        };
        using var submitted = await browser.PostAsync(new Uri(second.Address, "/submit"), form, Token);

        Assert.Equal(HttpStatusCode.OK, submitted.StatusCode);
        var run = await browser.GetFromJsonAsync<JsonElement>(new Uri(second.Address, "/runs/two-1"), Token);
        Assert.Contains(run.GetProperty("state").GetString(), (string[])["requested", "waiting"]);
    }

    // One that nothing has been written to.
    private (string, string) Store() => ("ConnectionStrings__blobs", fixture.Store + "-of-two");

    [GeneratedRegex("""name="__RequestVerificationToken" value="([^"]+)""")]
    private static partial Regex TokenField();
}
