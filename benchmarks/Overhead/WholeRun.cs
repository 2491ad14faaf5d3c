using System.Diagnostics;
using System.Text.Json;

namespace QatPipeline.Benchmarks.Overhead;

/// <summary>One run from the command to its last file.</summary>
/// <param name="Seconds">The whole run.</param>
/// <param name="Stages">Seconds inside each stage, by its report.</param>
/// <param name="StartSeconds">How long the system took to be ready; 0 for one process.</param>
internal sealed record WholeRun(double Seconds, IReadOnlyDictionary<string, double> Stages, double StartSeconds)
{
    private const int TerminationSignal = 15;

    /// <summary>In one process.</summary>
    public static async Task<WholeRun> EmbeddedAsync(string specification, DirectoryInfo folder)
    {
        var results = Path.Combine(folder.FullName, "results");
        var seconds = await TimedAsync(() => QatCommand.RunAsync(folder, "run", specification, "--out", results));
        return new WholeRun(seconds, StagesOf(results), 0);
    }

    /// <summary>In a system that is started for it, by a message, until its files are here.</summary>
    public static async Task<WholeRun> DistributedAsync(string specification, DirectoryInfo folder)
    {
        var results = Path.Combine(folder.FullName, "results");
        using var system = QatCommand.Start(folder, "up");
        try
        {
            var start = await TimedAsync(() => UntilReadyAsync(system, folder));
            var seconds = await TimedAsync(() => QatCommand.RunAsync(folder, "submit", specification, "--wait", "--out", results));
            return new WholeRun(seconds, StagesOf(results), start);
        }
        finally
        {
            using var kill = Process.Start("kill", [$"-{TerminationSignal}", $"{system.Id}"]);
            await system.WaitForExitAsync();
        }
    }

    /// <summary>Prints both side by side, stage by stage.</summary>
    public static void Print(WholeRun embedded, WholeRun distributed)
    {
        Console.WriteLine($"{"",-24}{"embedded s",12}{"distributed s",15}{"ratio",8}");
        foreach (var (stage, seconds) in embedded.Stages)
        {
            PrintLine(stage, seconds, distributed.Stages.GetValueOrDefault(stage));
        }

        PrintLine("outside of stages", embedded.Seconds - embedded.Stages.Values.Sum(), distributed.Seconds - distributed.Stages.Values.Sum());
        PrintLine("the whole run", embedded.Seconds, distributed.Seconds);
        Console.WriteLine($"{"start of the system",-24}{"",12}{distributed.StartSeconds,15:0.0}\n");
    }

    private static void PrintLine(string name, double embedded, double distributed) =>
        Console.WriteLine($"{name,-24}{embedded,12:0.0}{distributed,15:0.0}{distributed / embedded,8:0.00}");

    private static async Task UntilReadyAsync(Process system, DirectoryInfo folder)
    {
        var address = Path.Combine(folder.FullName, "data", "gateway.url");
        using var client = new HttpClient();
        while (!File.Exists(address) || !await IsHealthyAsync(client, (await File.ReadAllTextAsync(address)).Trim()))
        {
            if (system.HasExited)
            {
                throw new InvalidOperationException($"The system ended: {QatCommand.Said(folder, "up")}");
            }

            await Task.Delay(200);
        }
    }

    private static async Task<bool> IsHealthyAsync(HttpClient client, string gateway)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri($"{gateway}/health"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or UriFormatException)
        {
            return false;
        }
    }

    private static async Task<double> TimedAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static Dictionary<string, double> StagesOf(string results)
    {
        using var report = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(results, "report.json")));
        return report.RootElement.GetProperty("stages").EnumerateArray()
            .ToDictionary(stage => stage.GetProperty("stage").GetString()!, stage => stage.GetProperty("seconds").GetDouble());
    }
}
