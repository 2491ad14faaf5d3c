using System.IO.Compression;
using QatPipeline.Yolov6.Checkpoints;

namespace QatPipeline.Yolov6.Tests.Checkpoints;

public sealed class TorchCheckpointTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Path => _scratch.PathOf("model.pt");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Read_PickledModuleOfEveryProtocol_HasItsNames(int protocol)
    {
        var state = TorchCheckpoint.Read(System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures", $"module_protocol{protocol}.pt"));
        Assert.Equal(["conv.weight", "bn.weight", "bn.num_batches_tracked"], state.Names);
        Assert.Equal(StateDType.Float16, state["conv.weight"].DType);
        Assert.Equal([2L, 3L], state["conv.weight"].Shape);
        Assert.Equal([1f, 2f, 3f, 1.5f, 2.5f, 3.5f], state["conv.weight"].Data);
        Assert.Equal([0f, 0.5f], state["bn.weight"].Data);
        Assert.Equal([7f], state["bn.num_batches_tracked"].Data);
        Assert.Empty(state["bn.num_batches_tracked"].Shape);
    }

    [Fact]
    public void Read_StateDictionary_KeepsItsOrder()
    {
        new CheckpointFile()
            .Op("}("u8.ToArray())
            .Text("b")
            .Tensor("0", [1, 2], 2)
            .Text("a")
            .Tensor("1", [3, 4, 5, 6], 2, 2)
            .Op((byte)'u')
            .Save(Path);
        var state = TorchCheckpoint.Read(Path);
        Assert.Equal(["b", "a"], state.Names);
        Assert.Equal([3f, 4, 5, 6], state["a"].Data);
    }

    [Fact]
    public void Read_PreferEma_TakesTheMovingAverage()
    {
        new CheckpointFile()
            .Op("}("u8.ToArray())
            .Text("model").Op((byte)'}').Text("w").Tensor("0", [1], 1).Op((byte)'s')
            .Text("ema").Op((byte)'}').Text("w").Tensor("1", [2], 1).Op((byte)'s')
            .Op((byte)'u').Save(Path);
        Assert.Equal([1f], TorchCheckpoint.Read(Path)["w"].Data);
        Assert.Equal([2f], TorchCheckpoint.Read(Path, CheckpointWeights.PreferEma)["w"].Data);
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("builtins", "getattr")]
    [InlineData("subprocess", "Popen")]
    [InlineData("torch.nn.modules.module", "torch.os.system")]
    [InlineData("torch.nn.modules", "_load")]
    [InlineData("yolov6", "System")]
    [InlineData("torch.nn.modulesevil", "Conv2d")]
    [InlineData("functools", "partial")]
    public void Read_NameThatIsNotData_IsRefusedByName(string module, string name)
    {
        new CheckpointFile().Global(module, name).Op((byte)'(').Text("touch /tmp/evil").Op((byte)'t', (byte)'R').Save(Path);
        var error = Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(Path));
        Assert.Contains($"{module}.{name}", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NameBuiltOnTheStack_IsRefused()
    {
        new CheckpointFile().Text("os").Text("system").Op(0x93).Save(Path);
        Assert.Contains(
            "os.system", Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'X', 0, 0, 0, 0x40 }, "1073741824 bytes are announced")]
    [InlineData(new byte[] { 0x8d, 0, 0, 0, 0x40, 0, 0, 0, 0 }, "1073741824 bytes are announced")]
    [InlineData(new byte[] { (byte)'B', 255, 255, 255, 255 }, "4294967295 bytes are announced")]
    [InlineData(new byte[] { 0x8e, 255, 255, 255, 255, 255, 255, 255, 255 }, "are announced")]
    [InlineData(new byte[] { 0x8b, 0, 0, 0, 0x40 }, "1073741824 bytes are announced")]
    [InlineData(new byte[] { (byte)'t' }, "needs a mark")]
    [InlineData(new byte[] { (byte)'R' }, "needs more operands")]
    [InlineData(new byte[] { (byte)'h', 9 }, "Memo entry 9")]
    [InlineData(new byte[] { 0x80, 9 }, "protocol 9")]
    [InlineData(new byte[] { (byte)'i' }, "Opcode 0x69")]
    [InlineData(new byte[] { (byte)'K', 1, (byte)'K', 2, (byte)'b' }, "is expected")]
    [InlineData(new byte[] { (byte)'K', 1 }, "neither a module")]
    [InlineData(new byte[] { (byte)'}' }, "no tensors")]
    public void Read_DamagedPickle_SaysSo(byte[] content, string expected)
    {
        new CheckpointFile().Op(content).Save(Path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(Path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void Read_EveryTruncation_EndsWithATypedError()
    {
        new CheckpointFile().Op("}("u8.ToArray()).Text("w").Tensor("0", [1, 2], 2).Op((byte)'u').Save(Path);
        var whole = File.ReadAllBytes(Path);
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(Path, whole[..length]);
            Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(Path));
        }
    }

    [Fact]
    public void Read_EveryFlippedByte_IsReadOrRefused()
    {
        new CheckpointFile().Op("}("u8.ToArray()).Text("w").Tensor("0", [1, 2], 2).Op((byte)'u').Save(Path);
        var whole = File.ReadAllBytes(Path);
        for (var at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0xff;
            File.WriteAllBytes(Path, damaged);
            if (Record.Exception(() => TorchCheckpoint.Read(Path)) is { } error)
            {
                Assert.IsType<CheckpointException>(error);
            }
        }
    }

    [Fact]
    public void Read_TensorOutsideItsStorage_IsNamed()
    {
        new CheckpointFile().Op("}("u8.ToArray()).Text("w").Tensor("0", [1, 2], 2, 2).Op((byte)'u').Save(Path);
        Assert.Contains(
            "Tensor w [2,2] reaches outside",
            Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(Path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CompressedArchive_IsRefused()
    {
        new CheckpointFile()
            .Op("}("u8.ToArray())
            .Text("w")
            .Tensor("0", new float[1000], 1000)
            .Op((byte)'u')
            .Save(Path, CompressionLevel.Optimal);
        Assert.Contains(
            "compressed", Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_IsNamed() =>
        Assert.Contains(
            "absent.pt",
            Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(_scratch.PathOf("absent.pt"))).Message,
            StringComparison.Ordinal);
}
