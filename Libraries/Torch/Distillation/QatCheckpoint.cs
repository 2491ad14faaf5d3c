using System.Runtime.InteropServices;
using System.Text;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Torch.Execution;
using QatPipeline.Torch.FakeQuantization;

namespace QatPipeline.Torch.Distillation;

/// <summary>The file form of a <see cref="QatState"/>. Equal states give equal bytes.</summary>
internal static class QatCheckpoint
{
    private const string Magic = "QATCKPT1";

    public static void Save(QatState state, Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(state.Position.Epoch);
        writer.Write(state.Position.Step);
        writer.Write(state.Optimizer.Steps);
        writer.Write(state.Scores.Count);
        state.Scores.ForEach(writer.Write);
        writer.Write(state.BestEpoch);
        var best = state.Best is null ? [] : OnnxWriter.WriteBytes(state.Best);
        writer.Write(best.Length);
        writer.Write(best);
        writer.Write(state.Tensors.Count);
        foreach (var tensor in state.Tensors)
        {
            writer.Write(tensor.Name);
            writer.Write(tensor.Value.numel());
            foreach (var part in tensor.State)
            {
                writer.Write(MemoryMarshal.AsBytes<float>(part.ToFloats()));
            }
        }
    }

    /// <exception cref="TorchExecutionException">It is no checkpoint, or one of another graph or other options.</exception>
    public static void Load(QatState state, Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            if (reader.ReadString() != Magic)
            {
                throw Invalid("it was not written by this version");
            }

            state.Position = (reader.ReadInt32(), reader.ReadInt32());
            state.Optimizer.Steps = reader.ReadInt64();
            state.Scores.Clear();
            state.Scores.AddRange(Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadDouble()).ToList());
            state.BestEpoch = reader.ReadInt32();
            state.Best = ReadGraph(reader);
            ReadTensors(state, reader);
        }
        catch (EndOfStreamException error)
        {
            throw new TorchExecutionException("the training checkpoint ends early; delete it and start the training again", error);
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

    private static void ReadTensors(QatState state, BinaryReader reader)
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

            foreach (var part in tensor.State)
            {
                using var loaded = empty(part.shape, dtype: ScalarType.Float32);
                reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(TensorSpans.Floats(loaded)));
                part.copy_(loaded);
            }
        }
    }

    private static TorchExecutionException Invalid(string why) =>
        new($"the training checkpoint does not fit: {why}; delete it, or train the same graph with the same options");
}
