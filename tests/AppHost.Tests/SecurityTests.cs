using System.Net;
using System.Runtime.Versioning;
using Azure;
using Azure.Storage.Blobs;
using QatPipeline.SystemSupport;
using QatPipeline.TestSupport.Infrastructure;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace QatPipeline.AppHost.Tests;

/// <summary>What others of the same machine can do with the system: nothing.</summary>
[Collection(RunningSystemTests.Name)]
public sealed class SecurityTests(RunningSystem system)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Services_WithoutTheToken_Refuse()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        using var client = new HttpClient();
        foreach (var (service, endpoint, version) in system.Host.Services.Select(service => (service, "http", HttpVersion.Version11))
            .Append(("dataset-loading", "grpc", HttpVersion.Version20)).Append(("gateway", "grpc", HttpVersion.Version20)))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(system.Host.AddressOf(service, endpoint), "/anything"))
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            using var response = await client.SendAsync(request, Token);
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{service} answers {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Broker_Guest_IsRefused()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        var guest = new ConnectionFactory { Uri = new UriBuilder(system.Broker) { UserName = "guest", Password = "guest" }.Uri };
        var refused = await Assert.ThrowsAsync<BrokerUnreachableException>(() => guest.CreateConnectionAsync(Token));
        Assert.IsType<AuthenticationFailureException>(refused.InnerException);
    }

    [Fact]
    public async Task Storage_WithTheEmulatorsPublicKey_IsRefused()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        const string wellKnown = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
        var client = new BlobServiceClient(
            system.Blobs.Uri, new Azure.Storage.StorageSharedKeyCredential("devstoreaccount1", wellKnown));
        var refused = await Assert.ThrowsAsync<RequestFailedException>(
            () => client.GetBlobContainerClient("qatpipeline").GetPropertiesAsync(cancellationToken: Token));
        Assert.Equal(403, refused.Status);
    }

    [Theory]
    [SupportedOSPlatform("linux")]
    [InlineData("gateway.token")]
    [InlineData("gateway.url")]
    [InlineData("messaging.connection")]
    [InlineData("blobs.connection")]
    [InlineData("secrets.json")]
    [InlineData("ports.json")]
    [InlineData("rabbitmq/definitions.json")]
    public void DataFolder_IsItsOwners(string file)
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        const UnixFileMode owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(owners | UnixFileMode.UserExecute, File.GetUnixFileMode(system.Host.DataFile("")));
        Assert.Equal(owners, File.GetUnixFileMode(system.Host.DataFile(file)));
    }

    [Fact]
    public async Task OtherUser_CannotReadTheToken()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only the superuser can become another user");
        var file = system.Host.DataFile("gateway.token");
        Assert.True(await SampleScript.SucceedsAsync("cat", file));
        Assert.False(await SampleScript.SucceedsAsync("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "cat", file));
    }

    [Fact]
    public void Secrets_AreOnNoCommandLine()
    {
        Assert.SkipUnless(AspireSystem.IsAvailable, AspireSystem.SkipReason);
        string[] secrets =
        [
            system.Host.GatewayToken,
            system.Broker.UserInfo.Split(':')[1],
            system.Host.Storage.Split("AccountKey=")[1].Split(';')[0],
        ];
        var commands = RunningProcesses.Ids.Select(RunningProcesses.CommandOf).ToList();
        Assert.Contains(commands, command => command.Contains("azurite", StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.DoesNotContain(commands, command => command.Contains(secret, StringComparison.Ordinal)));
    }
}
