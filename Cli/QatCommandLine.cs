using System.CommandLine.Help;
using System.Runtime.InteropServices;
using QatPipeline.Cli.Commands;

namespace QatPipeline.Cli;

/// <summary>The <c>qat</c> command: its verbs, and the boundary where errors become one line and an exit code.</summary>
public static class QatCommandLine
{
    /// <summary>Bad input or usage.</summary>
    public const int InputError = 2;

    private const int Interrupted = 130;

    private const int Defect = 70;

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = CreateRoot().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync(
                $"qat: {OneLine(parsed.Errors[0].Message)} (see 'qat {parsed.CommandResult.Command.Name} --help')");
            return InputError;
        }

        using var cancellation = new CancellationTokenSource();
        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            cancellation.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                cancellation.Token);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("qat: interrupted");
            return Interrupted;
        }
        catch (Exception exception)
        {
            return await ReportAsync(exception);
        }
    }

    private static Command CreateRoot()
    {
        // Not a RootCommand: it would take its name from the executable, which is also the name of a verb.
        var root = new Command("./qat", "Quantize a float object detector to INT8 and prove what it cost.")
        {
            new HelpOption(),
            new VersionOption(),
            OptimizeCommand.Create(),
            LintCommand.Create(),
            InspectCommand.Create(),
            ImportCacheCommand.Create(),
            BuildEngineCommand.Create(),
            BenchCommand.Create(),
            EvaluateCommand.Create(),
            CocoEvalCommand.Create(),
            DatasetCommand.Create(),
            DoctorCommand.Create(),
            ProfileCommand.Create(),
            VerifyCommand.Create(),
            ImportResultsCommand.Create(),
        };
        foreach (var command in RunCommand.Create().Concat(RemoteCommands.Create()))
        {
            root.Add(command);
        }

        return root;
    }

    private static string OneLine(string message) => string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static async Task<int> ReportAsync(Exception exception)
    {
        if (InputErrors.Explain(exception) is { } explanation)
        {
            await Console.Error.WriteLineAsync($"qat: {OneLine(explanation)}");
            return InputError;
        }

        await Console.Error.WriteLineAsync($"qat: unexpected {exception.GetType().Name}: {exception.Message}");
        await Console.Error.WriteLineAsync("This is a defect of qat; QAT_TRACE=1 prints where it happened.");
        if (Environment.GetEnvironmentVariable("QAT_TRACE") is not null)
        {
            await Console.Error.WriteLineAsync(exception.ToString());
        }

        return Defect;
    }
}
