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

    /// <summary>Writes the report where the option says, and the text where that is not standard output.</summary>
    public static async Task WriteAsync<T>(
        ParseResult parsed, Option<FileInfo?> option, T report, Action printText, CancellationToken cancellationToken)
    {
        var json = parsed.GetResult(option) is null ? null : JsonSerializer.Serialize(report, Serializer);
        var file = parsed.GetValue(option);
        if (file is not null)
        {
            await File.WriteAllTextAsync(file.FullName, json + "\n", cancellationToken);
        }

        if (json is not null && file is null)
        {
            await Console.Out.WriteLineAsync(json);
        }
        else
        {
            printText();
        }
    }
}
