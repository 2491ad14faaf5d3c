using QatPipeline.Runs.Specification;

namespace QatPipeline.Cli.Commands;

/// <summary>Arguments several verbs share.</summary>
internal static class CommandArguments
{
    public static Argument<string> Model() => new("MODEL") { Description = "An ONNX file" };

    /// <summary>The axis of transposed convolutions' weights that carries the scales.</summary>
    public static Option<int> DeconvolutionAxis()
    {
        var option = new Option<int>("--deconv-axis")
        {
            Description = "Axis of transposed convolutions' weights with a scale for each index: 0 (input channels, for TensorRT) or 1",
        };
        option.AcceptOnlyFromAmong("0", "1");
        return option;
    }

    public static Argument<string> Run() => new("RUN")
    {
        Description = "A run specification (YAML); docs/run-specification.md lists its keys",
    };

    /// <summary>The run's identifier; null to have one made.</summary>
    public static Option<string?> RunId() => new("--run-id")
    {
        Description = "The run's identifier; with that of an earlier run of the same specification, what is damaged of it is made anew",
        HelpName = "ID",
    };

    /// <summary>A run specification that may be left out: see <see cref="RunOrDemo(ParseResult, Argument{string})"/>.</summary>
    public static Argument<string> OptionalRun() => new("RUN")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "A run specification (YAML); docs/run-specification.md lists its keys. Without it: the demo, samples/demo/run.yaml",
    };

    /// <summary>The named run specification, or the demo's.</summary>
    /// <exception cref="SpecificationException">None is named, and the demo is not there.</exception>
    public static string RunOrDemo(ParseResult parsed, Argument<string> run) => parsed.GetValue(run) ?? FindDemo();

    // The command lies in a build folder of the project, wherever it was started from.
    private static string FindDemo()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "samples", "demo", "run.yaml");
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new SpecificationException("samples/demo/run.yaml is not above this command: name a run specification.");
    }
}
