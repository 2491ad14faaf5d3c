using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace QatPipeline.Coco.Data;

/// <summary>
/// What a <c>data.yaml</c> says: class names, where the pictures are, how many values a row of key points has. Everything else in it is
/// passed over, event by event, so that no alias is ever repeated and no depth descended into.
/// </summary>
internal sealed record YoloDescription
{
    private const int MostClasses = 100_000;

    private static readonly string[] PathKeys = ["path", "train", "val", "test"];

    /// <summary>By class index; null where it names none.</summary>
    public IReadOnlyList<string>? Names { get; private set; }

    /// <summary>Values of the key points behind a row's box; 0 where it names none.</summary>
    public int KeyPointValues { get; private set; }

    private Dictionary<string, IReadOnlyList<string>> Paths { get; } = [];

    /// <summary>The folders or lists of a part, as they are written, each behind the common <c>path</c> and alone.</summary>
    public IReadOnlyList<string[]>? EntriesOf(DataSubset subset) =>
        Paths.TryGetValue(subset.ToString().ToLowerInvariant(), out var entries)
            ? [.. entries.Select(entry => Paths.TryGetValue("path", out var root) && root.Count == 1
                ? new[] { $"{root[0]}/{entry}", entry } : [entry])]
            : null;

    public bool NamesPictures => Paths.Keys.Any(key => key != "path");

    /// <exception cref="CocoException">The file cannot be read or is not a YAML mapping.</exception>
    public static YoloDescription Read(string path)
    {
        var text = SmallFile.Read(path, "a description of a data set");
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            parser.Consume<MappingStart>();
            var description = new YoloDescription();
            var classCount = 0;
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = parser.TryConsume<Scalar>(out var name) ? name.Value : throw new YamlException("a key that is not a text");
                switch (key)
                {
                    case "names":
                        description.Names = ReadNames(parser);
                        break;
                    case "nc":
                        classCount = Math.Min(MostClasses, ReadTexts(parser).Select(NumberOf).FirstOrDefault());
                        break;
                    case "kpt_shape":
                        int[] shape = [.. ReadTexts(parser).Select(NumberOf)];
                        description.KeyPointValues =
                            shape is [> 0 and < 1000 and var points, > 0 and < 10 and var each] ? points * each : 0;
                        break;
                    case var _ when PathKeys.Contains(key):
                        var entries = ReadTexts(parser);
                        if (entries.Count > 0)
                        {
                            description.Paths[key] = entries;
                        }

                        break;
                    default:
                        parser.SkipThisAndNestedEvents();
                        break;
                }
            }

            description.Names ??= classCount > 0 ? [.. Enumerable.Range(0, classCount).Select(NameOf)] : null;
            return description;
        }
        catch (Exception error) when (error is YamlException or ArgumentException or InvalidOperationException)
        {
            // Its own message may quote the file, which may be another one than the user takes it for.
            var line = (error as YamlException)?.Start.Line;
            throw new CocoException(
                $"{path}{(line is > 0 ? $":{line}" : "")}: not a YAML mapping with the keys of a data set (names, train, val).", error);
        }
    }

    /// <summary>A list, or a map from class index; indices that it leaves out get a name of their own.</summary>
    private static List<string>? ReadNames(IParser parser)
    {
        if (!parser.TryConsume<MappingStart>(out _))
        {
            return ReadTexts(parser) is { Count: > 0 } list ? list : null;
        }

        var names = new SortedDictionary<int, string>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var index = NumberOf(parser.Consume<Scalar>().Value);
            var name = parser.Consume<Scalar>().Value;
            names[index is >= 0 and < MostClasses ? index : throw new YamlException("a class that is not an index")] = name;
        }

        var indices = Enumerable.Range(0, names.Keys.LastOrDefault(-1) + 1);
        return names.Count == 0 ? null : [.. indices.Select(index => names.GetValueOrDefault(index) ?? NameOf(index))];
    }

    /// <summary>A text, or a list of texts; null and anything else is none.</summary>
    private static List<string> ReadTexts(IParser parser)
    {
        var texts = new List<string>();
        if (parser.TryConsume<Scalar>(out var text))
        {
            texts.AddRange(text.Value is "" or "~" or "null" ? [] : [text.Value]);
        }
        else if (parser.TryConsume<SequenceStart>(out _))
        {
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                texts.Add(parser.Consume<Scalar>().Value);
            }
        }
        else if (parser.Accept<AnchorAlias>(out _))
        {
            throw new YamlException("an alias");
        }
        else
        {
            parser.SkipThisAndNestedEvents();
        }

        return texts;
    }

    private static int NumberOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"class {index}");
}
