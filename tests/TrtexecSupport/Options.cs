using System.Globalization;

namespace QatPipeline.TrtexecSupport;

/// <summary>The arguments, refused where a trtexec of that version does not know one.</summary>
internal sealed class Options
{
    private static readonly string[] Always =
    [
        "onnx", "saveEngine", "loadEngine", "shapes", "loadInputs", "exportOutput", "noTF32",
        "warmUp", "duration", "iterations", "avgRuns", "percentile",
    ];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private Options(int version) => Version = version;

    public int Version { get; }

    public bool HasInt8 => _values.ContainsKey("int8");

    public bool HasHalf => _values.ContainsKey("fp16");

    /// <summary>From 11 on the model alone says what is quantized.</summary>
    public bool IsStronglyTyped => Version >= 110000;

    public static Options Parse(int version, IEnumerable<string> arguments)
    {
        var options = new Options(version);
        var known = Always.Concat(KnownTo(version)).ToHashSet(StringComparer.Ordinal);
        foreach (var argument in arguments)
        {
            var parts = argument.TrimStart('-').Split('=', 2);
            if (!argument.StartsWith("--", StringComparison.Ordinal) || !known.Contains(parts[0]))
            {
                throw new StandInException($"Unknown option: --{parts[0]} {parts.ElementAtOrDefault(1)}");
            }

            options._values[parts[0]] = parts.ElementAtOrDefault(1) ?? "";
        }

        return options;
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public double Number(string name, double otherwise) =>
        Text(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Name and value of an option such as <c>--shapes=images:1x3x64x64</c>; quotes may hold a name with a colon.</summary>
    public (string Name, string Value)? Pair(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var end = text.StartsWith('\'') ? text.IndexOf('\'', 1) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        return (text[..end].Trim('\''), text[(end + 1)..]);
    }

    private static IEnumerable<string> KnownTo(int version)
    {
        var (before10, before11) = (version < 100000, version < 110000);
        return new[]
        {
            (Name: "int8", IsKnown: before11),
            (Name: "fp16", IsKnown: before11),
            (Name: "calib", IsKnown: before11),
            (Name: "workspace", IsKnown: before10),
            (Name: "memPoolSize", IsKnown: version >= 8400),
            (Name: "streams", IsKnown: before10),
            (Name: "infStreams", IsKnown: !before10),
        }.Where(option => option.IsKnown).Select(option => option.Name);
    }
}
