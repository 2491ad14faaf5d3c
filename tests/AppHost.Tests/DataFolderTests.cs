using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Aspire.Hosting;

namespace QatPipeline.AppHost.Tests;

/// <summary>What the system finds again when it is started anew.</summary>
public sealed class DataFolderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Port_ForwardedFromAnotherAddress_StaysTheSame()
    {
        var outer = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses, (_, unicast) => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
        Assert.SkipWhen(outer is null, "The machine has no address but its own loopback.");
        var port = Open().Port("broker");
        using var forwarder = new TcpListener(outer!, port);
        forwarder.Start();

        Assert.Equal(port, Open().Port("broker"));
    }

    private DataFolder Open() => new(DistributedApplication.CreateBuilder(
        new DistributedApplicationOptions { Args = [$"--QAT_DATA={_folder.FullName}"], DisableDashboard = true }));
}
