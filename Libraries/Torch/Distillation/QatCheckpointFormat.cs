using System.Runtime.InteropServices;
using System.Text;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Torch.Training;

namespace QatPipeline.Torch.Distillation;

/// <summary>A binary file: position, scores, the best epoch's graph, then of every tensor value, optimizer state and average.</summary>
internal sealed class QatCheckpointFormat : ICheckpointFormat
{
    private const string Magic = "QATCKPT1";

    public void Save(TrainingState state, Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(state.Position.Epoch);
        writer.Write(state.Position.Step);
        writer.Write(state.Updates);
        writer.Write(state.Scores.Count);
        state.Scores.ForEach(score => writer.Write(score.Score));
        writer.Write(state.BestEpoch);
        var best = state.Best is null ? [] : OnnxWriter.WriteBytes(state.Best);
        writer.Write(best.Length);
        writer.Write(best);
        writer.Write(state.Tensors.Count);
        foreach (var tensor in state.Tensors)
        {
            writer.Write(tensor.Name);
            writer.Write(tensor.Value.numel());
            foreach (var part in Parts(state, tensor))
            {
                writer.Write(MemoryMarshal.AsBytes<float>(part.ToFloats()));
            }
        }
    }

    /// <exception cref="TorchExecutionException">It is not a checkpoint, or belongs to another graph or other options.</exception>
    public void Load(TrainingState state, Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            if (reader.ReadString() != Magic)
            {
                throw Invalid("it was not written by this version");
            }

            state.Position = (reader.ReadInt32(), reader.ReadInt32());
            state.Updates = reader.ReadInt64();
            state.Scores.Clear();
            state.Scores.AddRange(
                [.. Enumerable.Range(0, reader.ReadInt32()).Select(epoch => new EpochScore(epoch, reader.ReadDouble()))]);
            state.BestEpoch = reader.ReadInt32();
            state.Best = ReadGraph(reader);
            ReadTensors(state, reader);
        }
        catch (EndOfStreamException error)
        {
            throw new TorchExecutionException("The training checkpoint ends early; delete it and start the training again.", error);
        }
    }

    private static Graph? ReadGraph(BinaryReader reader)
    {
        var bytes = reader.ReadBytes(reader.ReadInt32());
        if (bytes.Length == 0)
        {
            return null;
        }

        using var model = new MemoryStream(bytes);
        return OnnxReader.Read(model, "best epoch of the training checkpoint");
    }

    private static void ReadTensors(TrainingState state, BinaryReader reader)
    {
        using var gradients = no_grad();
        if (reader.ReadInt32() != state.Tensors.Count)
        {
            throw Invalid("it holds another number of tensors");
        }

        foreach (var tensor in state.Tensors)
        {
            var (name, length) = (reader.ReadString(), reader.ReadInt64());
            if (name != tensor.Name || length != tensor.Value.numel())
            {
                throw Invalid($"it holds '{name}' of {length} values where '{tensor.Name}' of {tensor.Value.numel()} is expected");
            }

            foreach (var part in Parts(state, tensor))
            {
                using var loaded = empty(part.shape, dtype: ScalarType.Float32);
                reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(TensorSpans.Floats(loaded)));
                part.copy_(loaded);
            }
        }
    }

    private static Tensor[] Parts(TrainingState state, TrainedTensor tensor) =>
        [tensor.Value, .. state.Optimizer.StateOf(tensor), tensor.Average];

    private static TorchExecutionException Invalid(string why) =>
        new($"the training checkpoint does not fit: {why}; delete it, or train the same graph with the same options");
}
