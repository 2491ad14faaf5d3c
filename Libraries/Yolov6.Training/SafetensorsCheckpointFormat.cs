using System.Globalization;
using QatPipeline.Torch;
using QatPipeline.Yolov6.Checkpoints;
using TorchSharp;

namespace QatPipeline.Yolov6.Training;

/// <summary>
/// Safetensors with the sections <c>model.</c>, <c>ema.</c>, <c>optimizer.</c>, <c>gradient.</c> and <c>best.</c>, and the counters as
/// metadata.
/// </summary>
internal sealed class SafetensorsCheckpointFormat : ICheckpointFormat
{
    private const string Name = "The training checkpoint";
    private const string Model = "model.";
    private const string Average = "ema.";
    private const string Optimizer = "optimizer.";
    private const string Gradient = "gradient.";
    private const string Best = "best.";

    public void Save(TrainingState state, Stream stream)
    {
        var all = new StateDict();
        Add(Model, state.Tensors, tensor => tensor.Value);
        Add(Average, state.Tensors, tensor => tensor.Average);
        Add(
            Optimizer,
            state.Tensors.Where(_ => state.Updates > 0).OrderBy(tensor => tensor.Role),
            tensor => state.Optimizer.StateOf(tensor).SingleOrDefault());
        Add(Gradient, state.Tensors, tensor => state.PendingBatches > 0 ? tensor.Value.grad : null);
        foreach (var tensor in state.Tensors.Where(_ => state.Best is not null))
        {
            all.Set(Best + tensor.Name, tensor.Value.shape, state.Best!.Initializers[tensor.Name].ToFloats());
        }

        SafetensorsFile.Write(stream, all, new Dictionary<string, string>
        {
            ["epoch"] = Text(state.Position.Epoch),
            ["step"] = Text(state.Position.Step),
            ["pending"] = Text(state.PendingBatches),
            ["updates"] = Text(state.Updates),
            ["scores"] = string.Join(
                ' ', state.Scores.Select(score => $"{Text(score.Epoch)}:{score.Score.ToString("R", CultureInfo.InvariantCulture)}")),
        });

        void Add(string prefix, IEnumerable<TrainedTensor> tensors, Func<TrainedTensor, Tensor?> part)
        {
            using var scope = NewDisposeScope();
            foreach (var tensor in tensors)
            {
                if (part(tensor) is { } value)
                {
                    all.Set(prefix + tensor.Name, value.shape, value.ToFloats());
                }
            }
        }
    }

    public void Load(TrainingState state, Stream stream)
    {
        var all = SafetensorsFile.Read(stream, Name, out var counters);
        StateDictReport
            .Compare(all, [.. new[] { Model, Average }.SelectMany(
                section => state.Tensors.Select(tensor => KeyValuePair.Create(section + tensor.Name, tensor.Value.shape)))])
            .RequireComplete(Name);
        try
        {
            Restore(state, all);
            state.Position = ((int)Number("epoch"), (int)Number("step"));
            state.PendingBatches = (int)Number("pending");
            state.Updates = Number("updates");
            state.Scores.Clear();
            state.Scores.AddRange(counters["scores"].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ScoreOf));
            state.BestEpoch = state.Scores.Count == 0 ? 0 : state.Scores.MaxBy(score => score.Score).Epoch;
        }
        catch (Exception error) when (error is KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            throw new CheckpointException(
                $"{Name} has no valid counters ({error.Message}): it was not written by a training. Start without it.", error);
        }

        long Number(string key) => long.Parse(counters[key], CultureInfo.InvariantCulture);
    }

    private static void Restore(TrainingState state, StateDict all)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        state.Best = Saved(Best, state.Tensors[0]) is null ? null : state.GraphWith(tensor => Saved(Best, tensor)!);
        foreach (var tensor in state.Tensors)
        {
            tensor.Value.copy_(Saved(Model, tensor)!);
            tensor.Average.copy_(Saved(Average, tensor)!);
            tensor.Value.grad = Saved(Gradient, tensor)?.to(tensor.Value.device);
            if (Saved(Optimizer, tensor) is { } velocity)
            {
                state.Optimizer.StateOf(tensor).Single().copy_(velocity);
            }
        }

        Tensor? Saved(string section, TrainedTensor tensor)
        {
            if (!all.TryGet(section + tensor.Name, out var saved))
            {
                return null;
            }

            return saved.Shape.AsSpan().SequenceEqual(tensor.Value.shape)
                ? torch.tensor(saved.Data, saved.Shape)
                : throw new CheckpointException($"{Name} has {section}{tensor.Name} of shape {saved.ShapeText}, the network "
                    + $"[{string.Join(",", tensor.Value.shape)}]. Resume from a checkpoint of the same network.");
        }
    }

    private static EpochScore ScoreOf(string entry)
    {
        var parts = entry.Split(':');
        return new EpochScore(int.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
