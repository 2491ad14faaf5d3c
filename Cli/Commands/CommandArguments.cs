using System.CommandLine;

namespace QatPipeline.Cli.Commands;

/// <summary>Arguments several verbs share.</summary>
internal static class CommandArguments
{
    public static Argument<string> Model() => new("MODEL") { Description = "An ONNX file" };

    public static Argument<string> Run() => new("RUN") { Description = "A run specification (YAML); docs/run-specification.md lists its keys" };
}
