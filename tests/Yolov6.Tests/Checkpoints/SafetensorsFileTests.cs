using System.Text;
using QatPipeline.Yolov6.Checkpoints;

namespace QatPipeline.Yolov6.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Path => _scratch.PathOf("model.safetensors");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var state = new StateDict();
        state.Set("z", [2, 2], [1, -2, float.Epsilon, 4]);
        state.Set("scalar", [], [5]);
        state.Set("none", [0, 3], []);
        SafetensorsFile.Write(Path, state, new Dictionary<string, string> { ["form"] = "repopt" });
        var read = SafetensorsFile.Read(Path, out var metadata);
        Assert.Equal(state.Names, read.Names);
        Assert.All(state, entry => Assert.Equal(entry.Value.Data, read[entry.Key].Data));
        Assert.All(state, entry => Assert.Equal(entry.Value.Shape, read[entry.Key].Shape));
        Assert.Equal("repopt", metadata["form"]);
    }

    [Fact]
    public void Read_HalfPrecisionAndIntegers_GivesFloats()
    {
        Save("""{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]},"i":{"dtype":"I64","shape":[],"data_offsets":[6,14]}}""",
            [0x00, 0x3c, 0x00, 0xc0, 0x80, 0x3f, 3, 0, 0, 0, 0, 0, 0, 0]);
        var read = SafetensorsFile.Read(Path);
        Assert.Equal([1f, -2f], read["h"].Data);
        Assert.Equal([1f], read["b"].Data);
        Assert.Equal([3f], read["i"].Data);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", "tensor w [2]")]
    [InlineData("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "lies at 0..12 of 8")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1073741824,1073741824],"data_offsets":[0,8]}}""", "not a readable")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}""", "not a readable")]
    [InlineData("""{"w":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", "unknown type C64")]
    [InlineData("""{"w":{"shape":[1],"data_offsets":[0,8]}}""", "header is not understood")]
    [InlineData("""{"w":[]}""", "header is not understood")]
    [InlineData("[1,2]", "header is not understood")]
    [InlineData("{\"w\"", "header is not understood")]
    public void Read_DamagedHeader_SaysSo(string header, string expected)
    {
        Save(header, new byte[8]);
        var error = Assert.Throws<CheckpointException>(() => SafetensorsFile.Read(Path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LengthPrefixOfAGigabyte_IsNotBelieved()
    {
        File.WriteAllBytes(Path, [0, 0, 0, 0x40, 0, 0, 0, 0, 1, 2, 3]);
        Assert.Contains(
            "1073741824", Assert.Throws<CheckpointException>(() => SafetensorsFile.Read(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileShorterThanItsPrefix_IsRefused()
    {
        File.WriteAllBytes(Path, [1, 2]);
        Assert.Throws<CheckpointException>(() => SafetensorsFile.Read(Path));
    }

    private void Save(string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(Path, [.. BitConverter.GetBytes((long)text.Length), .. text, .. data]);
    }
}
