using System.Globalization;
using System.Text;

namespace QatPipeline.Graphs.Targets.TensorRt;

/// <summary>One line of a calibration cache: the tensor's range is ±127·<paramref name="Scale"/>.</summary>
public sealed record CalibrationCacheEntry(string Tensor, float Scale);

/// <summary>
/// TensorRT's INT8 calibration cache (reference 7.4): a line <c>TRT-&lt;version&gt;-&lt;algorithm&gt;</c>, then one line per tensor with
/// its name, a colon, a space and the hexadecimal digits of the scale's binary32 pattern, most significant first, without leading zeros:
/// <code>
/// TRT-8400-EntropyCalibration2
/// images: 3c010204
/// </code>
/// </summary>
/// <param name="Version">TensorRT's version as it writes it (<c>8400</c>, <c>101200</c>).</param>
/// <param name="Algorithm">The calibrator; it must be the one that reads the cache (trtexec: <c>EntropyCalibration2</c>).</param>
/// <param name="Entries">In file order.</param>
public sealed record CalibrationCache(string Version, string Algorithm, IReadOnlyList<CalibrationCacheEntry> Entries)
{
    /// <summary>The calibrator that trtexec reads caches for.</summary>
    public const string EntropyCalibration2 = nameof(EntropyCalibration2);

    private const string Prefix = "TRT-";
    private const string Separator = ": ";
    private const int MostDigits = 8;
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="GraphException">The file cannot be read or is not a calibration cache; the message names file and line.</exception>
    public static CalibrationCache Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is GraphException or IOException or UnauthorizedAccessException)
        {
            throw new GraphException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads the bytes of a cache. Writing the result gives the same bytes where they were written by TensorRT.</summary>
    /// <exception cref="GraphException">The bytes are not a calibration cache; the message names the line.</exception>
    public static CalibrationCache Parse(ReadOnlySpan<byte> bytes)
    {
        string[] lines;
        try
        {
            lines = Encoding.GetString(bytes).Split('\n');
        }
        catch (DecoderFallbackException exception)
        {
            throw new GraphException("Not a calibration cache: the text is not UTF-8.", exception);
        }

        var (version, algorithm) = ParseHeader(lines[0].TrimEnd('\r'));
        var entries = new List<CalibrationCacheEntry>(lines.Length);
        for (var index = 1; index < lines.Length; index++)
        {
            var line = lines[index].TrimEnd('\r');
            if (line.Length > 0)
            {
                entries.Add(ParseEntry(line, index + 1));
            }
        }

        return new(version, algorithm, entries);
    }

    /// <summary>The file's bytes: UTF-8, LF line ends.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder().Append(Prefix).Append(Version).Append('-').Append(Algorithm).Append('\n');
        foreach (var entry in Entries)
        {
            text.Append(entry.Tensor).Append(Separator)
                .Append(BitConverter.SingleToUInt32Bits(entry.Scale).ToString("x", CultureInfo.InvariantCulture)).Append('\n');
        }

        return Encoding.GetBytes(text.ToString());
    }

    private static (string Version, string Algorithm) ParseHeader(string line)
    {
        var dash = line.IndexOf('-', Math.Min(Prefix.Length, line.Length));
        return line.StartsWith(Prefix, StringComparison.Ordinal) && dash > Prefix.Length && dash < line.Length - 1
            ? (line[Prefix.Length..dash], line[(dash + 1)..])
            : throw new GraphException("line 1: not a calibration cache, which begins with TRT-<version>-<algorithm>.");
    }

    private static CalibrationCacheEntry ParseEntry(string line, int number)
    {
        // Names may hold ": " themselves: the last one separates.
        var separator = line.LastIndexOf(Separator, StringComparison.Ordinal);
        var digits = separator > 0 ? line.AsSpan(separator + Separator.Length) : default;
        return digits.Length is > 0 and <= MostDigits
            && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            ? new(line[..separator], BitConverter.UInt32BitsToSingle(bits))
            : throw new GraphException(
                $"line {number}: expected '<tensor>: <up to 8 hexadecimal digits>', found "
                + $"'{(line.Length > 80 ? line[..80] + "…" : line)}'.");
    }
}
