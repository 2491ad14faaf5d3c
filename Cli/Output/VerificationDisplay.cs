using System.Globalization;
using QatPipeline.Runs.Verification;

namespace QatPipeline.Cli.Output;

/// <summary>
/// Progress of a verification on standard error, with the time that is left: one line that is rewritten on a terminal, elsewhere a line for
/// every tenth.
/// </summary>
internal sealed class VerificationDisplay(TimeProvider time) : IProgress<VerificationProgress>, IDisposable
{
    private const double MegaByte = 1e6;

    private readonly long _start = time.GetTimestamp();
    private long _told;

    public VerificationProgress Last { get; private set; } = new(0, 0, 0, 0);

    public void Report(VerificationProgress value)
    {
        Last = value;
        var parts = Console.IsErrorRedirected ? 10 : 1000;
        var part = value.TotalBytes == 0 ? parts : parts * value.Bytes / value.TotalBytes;
        if (part == _told)
        {
            return;
        }

        _told = part;
        var left = time.GetElapsedTime(_start) * ((double)(value.TotalBytes - value.Bytes) / Math.Max(1, value.Bytes));
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Blobs} files, {value.Bytes / MegaByte:0} of {value.TotalBytes / MegaByte:0} MB, {left:hh\\:mm\\:ss} left");
        Console.Error.Write(Console.IsErrorRedirected ? $"{text}\n" : $"\r{text}\u001b[K");
    }

    /// <summary>Makes room for another line.</summary>
    public static void Clear()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write("\r\u001b[K");
        }
    }

    public void Dispose() => Clear();
}
