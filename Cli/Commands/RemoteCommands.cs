using System.Globalization;
using QatPipeline.Cli.Output;
using QatPipeline.Cli.Remote;
using QatPipeline.Runs.Specification;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Cli.Commands;

/// <summary>The verbs that talk to the running system: submit, runs, watch, pull, cancel.</summary>
internal static class RemoteCommands
{
    private static readonly Option<Uri?> Gateway = GatewayAddress.CreateOption();

    public static IEnumerable<Command> Create() => [Submit(), Runs(), Watch(), Pull(), Cancel()];

    private static Command Submit()
    {
        var run = CommandArguments.Run();
        var runId = CommandArguments.RunId();
        var wait = new Option<bool>("--wait") { Description = "Show progress until the run ends" };
        var output = new Option<string?>("--out", "-o")
        {
            Description = "With --wait: pull the run's files into this folder and print its result table",
            HelpName = "DIR",
        };
        var command = new Command(
            "submit",
            """
            Hand a run specification to the running system.

            Example: qat submit samples/demo/run.yaml --wait
            """) { run, runId, wait, output, Gateway };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var gateway = GatewayAddress.Resolve(parsed.GetValue(Gateway));
            using var client = new GatewayClient(gateway);
            var status = await client.SubmitAsync(
                RunSpecificationLoader.Load(parsed.GetRequiredValue(run)), parsed.GetValue(runId), cancellationToken);
            // The run's id alone on the standard output, for scripts.
            await Console.Error.WriteLineAsync(
                $"sent '{status.Name}' to {gateway}: {string.Join(", ", status.Stages.Select(stage => stage.Stage))}");
            Console.WriteLine(status.RunId);
            await Console.Error.WriteLineAsync($"watch it: {new Uri(gateway, $"view/{status.RunId}")} or qat watch {status.RunId}");
            if (!parsed.GetValue(wait))
            {
                return;
            }

            await FollowAsync(client, status.RunId, cancellationToken);
            var folder = parsed.GetValue(output) ?? Path.Combine("qat-out", status.RunId);
            await client.PullAsync(status.RunId, folder, cancellationToken);
            await RunFiles.UnpackDeliveryAsync(folder, cancellationToken);
            ResultTable.Write(RunFiles.ReadReport(folder));
            Console.WriteLine($"files and report: {Path.GetFullPath(folder)}");
        });
        return command;
    }

    private static Command Runs()
    {
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "runs",
            """
            List the running system's runs, the latest first.

            Example: qat runs
            """) { json, Gateway };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Open(parsed);
            var runs = await client.ListAsync(cancellationToken);
            await JsonOutput.WriteAsync(parsed, json, runs, () => Print(runs), cancellationToken);
        });
        return command;
    }

    private static void Print(IEnumerable<RunStatus> runs)
    {
        foreach (var run in runs)
        {
            var stage = run.WaitingFor is { } service
                ? $"for {service}"
                : run.Stages.LastOrDefault(entry => entry.State != StageState.Waiting)?.Stage ?? "";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{run.RunId,-56}{run.State,-11}{stage,-13}{run.Requested:u}"));
        }
    }

    private static Command Watch()
    {
        var run = RunId();
        var command = new Command(
            "watch",
            """
            Show a run's progress until it ends; exit code 0 where it succeeded.

            Example: qat watch demo-20260131-142530-7f3a
            """) { run, Gateway };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Open(parsed);
            await FollowAsync(client, parsed.GetRequiredValue(run), cancellationToken);
        });
        return command;
    }

    private static Command Pull()
    {
        var run = RunId();
        var folder = new Argument<string>("DIR") { Description = "Folder the files are written to" };
        var command = new Command(
            "pull",
            """
            Download a run's artifacts and report.

            Example: qat pull demo-20260131-142530-7f3a results
            """) { run, folder, Gateway };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Open(parsed);
            foreach (var name in await client.PullAsync(parsed.GetRequiredValue(run), parsed.GetRequiredValue(folder), cancellationToken))
            {
                Console.WriteLine(Path.Combine(parsed.GetRequiredValue(folder), name));
            }

            await RunFiles.UnpackDeliveryAsync(parsed.GetRequiredValue(folder), cancellationToken);
        });
        return command;
    }

    private static Command Cancel()
    {
        var run = RunId();
        var command = new Command(
            "cancel",
            """
            Cancel a run.

            Example: qat cancel demo-20260131-142530-7f3a
            """) { run, Gateway };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Open(parsed);
            var status = await client.CancelAsync(parsed.GetRequiredValue(run), cancellationToken);
            Console.WriteLine($"{status.RunId} {status.State}");
        });
        return command;
    }

    private static Argument<string> RunId() => new("RUN-ID") { Description = "A run's identifier; 'qat runs' lists them" };

    private static GatewayClient Open(ParseResult parsed) => new(GatewayAddress.Resolve(parsed.GetValue(Gateway)));

    private static async Task FollowAsync(GatewayClient client, string runId, CancellationToken cancellationToken)
    {
        using var display = new ProgressDisplay();
        RunStatus? last = null;
        await foreach (var status in client.WatchAsync(runId, cancellationToken))
        {
            foreach (var stage in status.Stages.Where(stage => stage != last?.Stages.FirstOrDefault(other => other.Stage == stage.Stage)))
            {
                display.Report(stage);
            }

            last = status;
        }

        if (last is { State: RunState.Completed })
        {
            return;
        }

        throw last?.Failure is { } failure
            ? new RunFailedException(failure)
            : new GatewayException($"Run {runId} ended as {last?.State.ToString() ?? "unknown"}.");
    }
}
