using System.Globalization;
using QatPipeline.Runs.Tracking;

namespace QatPipeline.Cli.Output;

/// <summary>
/// Progress of a run on standard error: one line that is rewritten on a terminal; elsewhere one line per activity, so that logs stay short.
/// </summary>
internal sealed class ProgressDisplay : IProgress<StageStatus>, IDisposable
{
    private const int BarWidth = 24;

    private readonly bool _rewrites = !Console.IsErrorRedirected;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _lines = new(StringComparer.Ordinal);
    private bool _isLineOpen;

    public void Report(StageStatus value)
    {
        lock (_lock)
        {
            if (value is { State: StageState.Waiting, Activity: "" })
            {
                return;
            }

            if (value.State == StageState.Running && _rewrites)
            {
                Rewrite(value);
            }
            else if (value.State != StageState.Running)
            {
                Line(value.Stage, value.State == StageState.Completed ? "done" : value.Activity);
            }
            else
            {
                Line(value.Stage, value.Activity);
            }
        }
    }

    public void Dispose()
    {
        if (_isLineOpen)
        {
            Console.Error.WriteLine();
        }
    }

    private void Rewrite(StageStatus value)
    {
        var figures = string.Join(
            "  ", value.Figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Key} {figure.Value:0.####}")));
        var text = $"{value.Stage,-12} {Bar(value)} {value.Activity}  {figures}";
        Console.Error.Write($"\r{text[..Math.Min(text.Length, Math.Max(20, Console.BufferWidth - 1))]}\u001b[K");
        _isLineOpen = true;
    }

    // A status repeats what was told before of other stages.
    private void Line(string stage, string text)
    {
        if (_lines.TryGetValue(stage, out var last) && last == text)
        {
            return;
        }

        _lines[stage] = text;
        Console.Error.WriteLine($"{(_isLineOpen ? "\r" : "")}{stage,-12} {text}{(_isLineOpen ? "\u001b[K" : "")}");
        _isLineOpen = false;
    }

    private static string Bar(StageStatus value)
    {
        var filled = value.Total > 0 ? (int)(BarWidth * Math.Min(value.Done, value.Total) / value.Total) : 0;
        return $"{new string('█', filled)}{new string('░', BarWidth - filled)} {value.Done}/{value.Total}";
    }
}
