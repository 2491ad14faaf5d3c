using System.Net;
using System.Net.Sockets;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>The hosts of ranks, as they are before a rank is started: one that cannot work is named.</summary>
internal static class RankHosts
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Lets every host run this program.</summary>
    /// <returns>The address at which they reach this machine.</returns>
    /// <exception cref="RankException">A host is not known, does not answer or lacks something.</exception>
    public static async Task<IPAddress> ProbeAsync(IReadOnlyList<TrainingHost> hosts, CancellationToken cancellationToken)
    {
        string[] names = [.. hosts.Select(host => host.Name).Distinct(StringComparer.Ordinal)];
        var own = await Task.WhenAll(names.Select(name => OwnAddressAsync(name, cancellationToken)));
        await Task.WhenAll(names.Select(name => ProbeAsync(name, cancellationToken)));
        return own.FirstOrDefault(address => !IPAddress.IsLoopback(address)) ?? IPAddress.Loopback;
    }

    // The way there begins at the address that the way back leads to; nothing is sent.
    private static async Task<IPAddress> OwnAddressAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork, cancellationToken).WaitAsync(Limit, cancellationToken);
            using var way = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            way.Connect(new IPEndPoint(addresses[0], 1));
            return ((IPEndPoint)way.LocalEndPoint!).Address;
        }
        catch (Exception error) when (error is SocketException or TimeoutException)
        {
            throw new RankException($"Host '{host}' of the training cannot be reached: {error.Message}.", error);
        }
    }

    private static async Task ProbeAsync(string host, CancellationToken cancellationToken)
    {
        var output = new List<string>();
        using var launcher = RankLauncher.Probe(host, line =>
        {
            lock (output)
            {
                output.Add(line);
            }
        });
        var hasEnded = true;
        try
        {
            await launcher.WaitAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
        }
        catch (TimeoutException)
        {
            hasEnded = false;
        }

        if (hasEnded && launcher.ExitCode == 0)
        {
            return;
        }

        string? said;
        lock (output)
        {
            said = output.Find(line => !string.IsNullOrWhiteSpace(line));
        }

        throw new RankException(
            $"Host '{host}' of the training {(hasEnded ? "cannot run a process" : $"does not answer within {Limit.TotalSeconds:0} s")}"
            + $"{(said is null ? "" : $" ({said.Trim()})")}: the program ({Environment.ProcessPath}) and mpich must be there at the same places, and "
            + $"'ssh {host} true' must work without a password. HYDRA_LAUNCHER_EXEC names another way than ssh.");
    }
}
