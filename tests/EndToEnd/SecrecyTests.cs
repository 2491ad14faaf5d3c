using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using QatPipeline.Runs.Artifacts;
using QatPipeline.SystemSupport;

namespace QatPipeline.EndToEnd;

/// <summary>Who may call, and that no key is told to anybody.</summary>
[Collection(DistributedCollection.Name)]
public sealed class SecrecyTests(DistributedSystem system)
{
    private const string Header = "X-Api-Key";

    private static string Missing => Path.Combine(TestData.RepositoryRoot, "nowhere.pt");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gateway_FromAnotherAddress_NeedsTheKey()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        var address = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(candidate => candidate.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(candidate));
        Assert.SkipWhen(address is null, "needs a network interface besides loopback");
        using var client = new HttpClient { BaseAddress = new Uri($"http://{address}:{system.PublicPort}") };

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, DistributedSystem.ApiKey + "x"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, DistributedSystem.ApiKey));
    }

    [Fact]
    public async Task Keys_AreInNoLogTraceRecordOrLineage()
    {
        Assert.SkipUnless(DistributedSystem.IsAvailable, DistributedSystem.SkipReason);
        await system.SubmitAsync("secret", SmallRun.Yaml(1), Token);
        await system.CompleteAsync("secret", Token);
        await system.SubmitAsync(
            "secret-failing",
            SmallRun.Yaml(1).Replace("variant: n", $"variant: n, checkpoint: {Missing}", StringComparison.Ordinal),
            Token);
        Assert.NotNull((await system.EndAsync("secret-failing", Token)).Failure);

        var telemetry = await TelemetryOfAsync("secret-failing");
        var told = system.Host.Services.Select(system.Host.LogOf)
            .Append(telemetry)
            .Append(await File.ReadAllTextAsync(Path.Combine(TestData.RepositoryRoot, "aspire-manifest.json"), Token));
        var records = new StringBuilder();
        foreach (var prefix in new[] { StorePaths.Runs, "stages/" })
        {
            await foreach (var blob in system.Container.GetBlobsAsync(new() { Prefix = prefix }, Token))
            {
                records.Append(Encoding.Latin1.GetString(
                    (await system.Container.GetBlobClient(blob.Name).DownloadContentAsync(Token)).Value.Content));
            }
        }

        Assert.Contains("secret-failing", records.ToString(), StringComparison.Ordinal);
        foreach (var secret in Secrets())
        {
            Assert.All(told.Append(records.ToString()), text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        }
    }

    /// <summary>All that the dashboard has been told, once the run's name is in it: services export once a second.</summary>
    private async Task<string> TelemetryOfAsync(string runId)
    {
        using var telemetry = system.Host.OpenTelemetry();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            var told = await telemetry.ReadAllAsync(limit.Token);
            if (told.Contains(runId, StringComparison.Ordinal))
            {
                return told;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), limit.Token);
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/runs", UriKind.Relative));
        if (key is not null)
        {
            request.Headers.Add(Header, key);
        }

        using var response = await client.SendAsync(request, Token);
        return response.StatusCode;
    }

    private IEnumerable<string> Secrets()
    {
        var storage = system.Host.Storage.Split(';').Single(part => part.StartsWith("AccountKey=", StringComparison.Ordinal));
        return [DistributedSystem.ApiKey, storage["AccountKey=".Length..], new Uri(system.Host.Broker).UserInfo.Split(':')[1]];
    }
}
