using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Grpc.Core;
using QatPipeline.Contracts.V1.Grpc;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Gateway.Tests;

/// <summary>Every hostile text is refused at every door, names the limit it breaks, costs little memory, and the gateway lives on.</summary>
[Trait("Category", "Slow")]
public sealed partial class HostileRequestTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const long MostMemory = 300;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Attacks => [.. HostileSpecifications.All.Keys];

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Http_IsABadRequest(string attack)
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        var (text, limit) = HostileSpecifications.All[attack];
        var memory = new ProcessMemory(fixture.Gateway.Id);

        using var content = new StringContent(text, Encoding.UTF8, "application/yaml");
        using var response = await fixture.Http.PostAsync(new Uri("/runs", UriKind.Relative), content, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(limit, await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        await AssertUnharmedAsync(memory);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Grpc_IsAnInvalidArgument(string attack)
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        var (text, limit) = HostileSpecifications.All[attack];
        using var channel = fixture.OpenChannel();
        var client = new Contracts.V1.Grpc.Gateway.GatewayClient(channel);
        var memory = new ProcessMemory(fixture.Gateway.Id);

        var refused = await Assert.ThrowsAsync<RpcException>(
            () => client.SubmitAsync(new SubmitRequest { Specification = text }, cancellationToken: Token).ResponseAsync);

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(limit, refused.Status.Detail, StringComparison.Ordinal);
        await AssertUnharmedAsync(memory);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Form_ShowsTheErrorInThePage(string attack)
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        var (text, limit) = HostileSpecifications.All[attack];
        var form = await fixture.Http.GetStringAsync(new Uri("/submit", UriKind.Relative), Token);
        using var fields = new MultipartFormDataContent
        {
            { new StringContent(TokenField().Match(form).Groups[1].Value), "__RequestVerificationToken" },
            { new StringContent(text), "specification" },
        };
        var memory = new ProcessMemory(fixture.Gateway.Id);

        using var response = await fixture.Http.PostAsync(new Uri("/submit", UriKind.Relative), fields, Token);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var page = await response.Content.ReadAsStringAsync(Token);
        Assert.Contains(limit, page, StringComparison.Ordinal);
        Assert.Contains("id=\"error\"", page, StringComparison.Ordinal);
        await AssertUnharmedAsync(memory);
    }

    [Theory]
    [InlineData("/etc/shadow")]
    [InlineData("/nowhere/../etc/shadow")]
    [InlineData("/proc/thread-self/cwd/../../../../../../../../etc/shadow")]
    public async Task Submit_FileOutsideTheRoots_IsRefusedByKeyPathAndSetting(string path)
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        var text = $"name: thief\nmodel: {{ onnx: {path} }}\ndata: {{ calibration: [ {{ synthetic: {{}} }} ], validation: [] }}\nqat: null\n";
        using var content = new StringContent(text, Encoding.UTF8, "application/yaml");
        using var response = await fixture.Http.PostAsync(new Uri("/runs", UriKind.Relative), content, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadAsStringAsync(Token);
        Assert.All(
            [":2: 'model.onnx' names " + path, "Data__Roots"], part => Assert.Contains(part, problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Form_OfMoreThanAMebibyte_IsAPageThatSaysSo()
    {
        Assert.SkipWhen(fixture.SkipReason is not null, fixture.SkipReason ?? "");
        using var fields = new MultipartFormDataContent { { new StringContent(new string('#', 2 << 20)), "specification" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/submit", UriKind.Relative)) { Content = fields };
        request.Headers.ExpectContinue = true;
        request.Headers.Accept.ParseAdd("text/html");

        using var response = await fixture.Http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("<h1>", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]*)\"")]
    private static partial Regex TokenField();

    private async Task AssertUnharmedAsync(ProcessMemory memory)
    {
        Assert.Equal("[]", await fixture.Http.GetStringAsync(new Uri("/runs", UriKind.Relative), Token));
        Assert.True(memory.PeakGrowth < MostMemory);
    }
}
