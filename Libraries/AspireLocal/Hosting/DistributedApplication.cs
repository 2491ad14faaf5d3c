using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application: several processes that run, are watched and are stopped together.</summary>
public sealed class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;

    internal DistributedApplication(IHost host) => _host = host;

    /// <inheritdoc/>
    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a model.</summary>
    /// <param name="args">The AppHost's command line.</param>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    /// <summary>Runs until Ctrl+C, or publishes and returns.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs until Ctrl+C or the token, or publishes and returns. What is missing to run is said in one line.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _host.RunAsync(cancellationToken);
        }
        catch (DistributedApplicationException problem)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            Environment.ExitCode = 1;
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default) => _host.StartAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _host.Dispose();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await ((IAsyncDisposable)_host).DisposeAsync();
}
