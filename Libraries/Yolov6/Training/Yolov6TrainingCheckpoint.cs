using System.Globalization;
using QatPipeline.Yolov6.Checkpoints;

namespace QatPipeline.Yolov6.Training;

/// <summary>
/// The file form of a training in progress: safetensors with the sections <c>model.</c>, <c>ema.</c>, <c>optimizer.</c>,
/// <c>gradient.</c> and <c>best.</c>, and the counters as metadata. Equal states give equal bytes.
/// </summary>
internal static class Yolov6TrainingCheckpoint
{
    private const string Model = "model.";
    private const string Average = "ema.";
    private const string Optimizer = "optimizer.";
    private const string Gradient = "gradient.";
    private const string Best = "best.";

    public static void Save(Yolov6TrainingState state, Stream stream)
    {
        var all = new StateDict();
        Add(Model, state.Values());
        Add(Average, state.Average.SaveState());
        Add(Optimizer, state.Optimizer.SaveState());
        Add(Gradient, state.PendingGradients());
        Add(Best, state.Best ?? new StateDict());
        SafetensorsFile.Write(stream, all, new Dictionary<string, string>
        {
            ["epoch"] = Text(state.Position.Epoch),
            ["step"] = Text(state.Position.Step),
            ["pending"] = Text(state.PendingIterations),
            ["updates"] = Text(state.Average.Updates),
            ["scores"] = string.Join(
                ' ', state.Scores.Select(score => $"{Text(score.Epoch)}:{score.Score.ToString("R", CultureInfo.InvariantCulture)}")),
        });

        void Add(string prefix, StateDict part)
        {
            foreach (var (name, tensor) in part)
            {
                all[prefix + name] = tensor;
            }
        }
    }

    /// <exception cref="CheckpointException">It is damaged, or of another network.</exception>
    public static void Load(Yolov6TrainingState state, Stream stream)
    {
        const string Name = "The training checkpoint";
        var all = SafetensorsFile.Read(stream, Name, out var counters);
        try
        {
            state.SetValues(Section(Model));
            state.Average.LoadState(Section(Average));
            state.Optimizer.LoadState(Section(Optimizer));
            state.SetPendingGradients(Section(Gradient));
            state.Best = Section(Best) is { Count: > 0 } best ? best : null;
            state.Position = ((int)Number("epoch"), (int)Number("step"));
            state.PendingIterations = (int)Number("pending");
            state.Average.Updates = Number("updates");
            state.Scores.Clear();
            foreach (var entry in counters["scores"].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = entry.Split(':');
                state.Scores.Add(
                    new EpochScore(
                        int.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture)));
            }
        }
        catch (Exception error) when (error is KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            throw new CheckpointException(
                $"{Name} has no valid counters ({error.Message}): it was not written by a training. Start without it.", error);
        }

        long Number(string key) => long.Parse(counters[key], CultureInfo.InvariantCulture);

        StateDict Section(string prefix)
        {
            var part = new StateDict();
            foreach (var (name, tensor) in all.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)))
            {
                part[name[prefix.Length..]] = tensor;
            }

            return part;
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
