using QatPipeline.Foundation;

namespace QatPipeline.TrtexecSupport;

/// <summary>
/// trtexec's command line, log and files, with ONNX Runtime on the CPU behind them: what it exports is computed. The version it says it
/// is, in trtexec's own digits, stands in the environment variable TRTEXEC_STAND_IN.
/// </summary>
internal static class StandIn
{
    public static int Run(string[] arguments)
    {
        var version = int.Parse(Environment.GetEnvironmentVariable("TRTEXEC_STAND_IN") ?? "8401", provider: null);
        var banner = $"TensorRT.trtexec [TensorRT v{version}] # trtexec {string.Join(' ', arguments)}";
        Console.WriteLine($"&&&& RUNNING {banner}");
        if (arguments is ["--help"])
        {
            return 0;
        }

        try
        {
            Execute(Options.Parse(version, arguments));
            Console.WriteLine($"&&&& PASSED {banner}");
            return 0;
        }
        catch (InputException exception)
        {
            Console.Error.WriteLine($"[E] {exception.Message}");
            Console.WriteLine($"&&&& FAILED {banner}");
            return 1;
        }
    }

    private static void Execute(Options options)
    {
        if (options.Text("onnx") is { } model)
        {
            EngineFile.Build(options, model);
        }

        var path = options.Text("saveEngine") ?? options.Text("loadEngine")
            ?? throw new StandInException("Model missing or format not recognized");
        using var engine = EngineFile.Load(options.Version, path);
        var run = new EngineRun(options, engine);
        run.Time();
        if (options.Text("exportOutput") is { } output)
        {
            run.Export(output);
        }
    }
}
