using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace QatPipeline.Yolov6.Tests.Checkpoints;

/// <summary>Writes PyTorch zip checkpoints byte by byte, valid or not.</summary>
internal sealed class CheckpointFile
{
    private readonly List<byte> _pickle = [];
    private readonly Dictionary<string, byte[]> _storages = [];

    public CheckpointFile() => Op(0x80, 2);

    public CheckpointFile Op(params byte[] bytes)
    {
        _pickle.AddRange(bytes);
        return this;
    }

    public CheckpointFile Global(string module, string name) => Op((byte)'c').Op(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public CheckpointFile Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Op((byte)'X').Int(bytes.Length).Op(bytes);
    }

    public CheckpointFile Number(int value) => Op((byte)'J').Int(value);

    /// <summary>A tensor over a float storage of its own.</summary>
    public CheckpointFile Tensor(string storage, float[] values, params int[] shape)
    {
        var bytes = new byte[values.Length * 4];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        _storages[storage] = bytes;
        Global("torch._utils", "_rebuild_tensor_v2").Op((byte)'(');
        Op((byte)'(')
            .Text("storage")
            .Global("torch", "FloatStorage")
            .Text(storage)
            .Text("cpu")
            .Number(values.Length)
            .Op((byte)'t', (byte)'Q');
        Number(0).Tuple(shape);
        var stride = new int[shape.Length];
        for (var (axis, step) = (shape.Length - 1, 1); axis >= 0; axis--)
        {
            stride[axis] = step;
            step *= shape[axis];
        }

        return Tuple(stride).Op(0x89, (byte)'}', (byte)'t', (byte)'R');
    }

    public void Save(string path, CompressionLevel compression = CompressionLevel.NoCompression)
    {
        Op((byte)'.');
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        Write("archive/data.pkl", [.. _pickle]);
        foreach (var (key, bytes) in _storages)
        {
            Write($"archive/data/{key}", bytes);
        }

        void Write(string name, byte[] content)
        {
            using var stream = archive.CreateEntry(name, compression).Open();
            stream.Write(content);
        }
    }

    private CheckpointFile Tuple(int[] values)
    {
        Op((byte)'(');
        foreach (var value in values)
        {
            Number(value);
        }

        return Op((byte)'t');
    }

    private CheckpointFile Int(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Op(bytes);
    }
}
