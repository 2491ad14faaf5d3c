using QatPipeline.Cli.Output;
using QatPipeline.Cli.Remote;
using QatPipeline.Coco;
using QatPipeline.Engines;
using QatPipeline.Foundation.Natives;
using QatPipeline.Graphs;
using QatPipeline.Pipeline.Specification;

namespace QatPipeline.Cli;

/// <summary>Tells errors of the input, which the user mends, from defects of the program.</summary>
internal static class InputErrors
{
    /// <summary>One line that says what is wrong and where, or null where the exception is a defect.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        GraphException or SpecificationException or CocoException or EngineException or RunFailedException or GatewayException
            or NativeLibraryException => exception.Message,
        FileNotFoundException { FileName: { } file } => $"{file}: no such file",
        DirectoryNotFoundException or UnauthorizedAccessException or IOException => exception.Message,
        _ => null,
    };
}
