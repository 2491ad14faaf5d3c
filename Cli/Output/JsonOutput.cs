using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace QatPipeline.Cli.Output;

/// <summary>The <c>--json</c> option of every verb that reports: to standard output, or to the file it names.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Serializer = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static Option<FileInfo?> CreateOption() => new("--json")
    {
        Description = "Print JSON, or write it to the file named",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>
    /// Writes the report where the option says; returns false where the option was not given or named a file, so that text is due.
    /// </summary>
    public static async Task<bool> WriteAsync<T>(
        ParseResult parsed, Option<FileInfo?> option, T report, CancellationToken cancellationToken)
    {
        if (parsed.GetResult(option) is null)
        {
            return false;
        }

        var text = JsonSerializer.Serialize(report, Serializer);
        if (parsed.GetValue(option) is { } file)
        {
            await File.WriteAllTextAsync(file.FullName, text + "\n", cancellationToken);
            return false;
        }

        await Console.Out.WriteLineAsync(text);
        return true;
    }
}
