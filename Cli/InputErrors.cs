using QatPipeline.Foundation;

namespace QatPipeline.Cli;

/// <summary>Tells errors of the input, which the user mends, from defects of the program.</summary>
internal static class InputErrors
{
    /// <summary>One line that says what is wrong and where, or null where the exception is a defect.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        InputException => exception.Message,
        FileNotFoundException { FileName: { } file } => $"{file}: no such file",
        UnauthorizedAccessException or IOException => exception.Message,
        _ => null,
    };
}
