using System.Text.Json;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Cli.Tests;

public sealed class ModelCommandTests
{
    [Fact]
    public async Task Inspect_Model_ListsInputsOperatorsAndParameters()
    {
        using var folder = new ScratchFolder();
        WriteConvRelu(folder.PathOf("model.onnx"));

        var (exitCode, output, error) = await QatProcess.RunAsync("inspect", folder.PathOf("model.onnx"), "--json");

        Assert.True(exitCode == 0, error);
        using var summary = JsonDocument.Parse(output);
        Assert.Equal(1, summary.RootElement.GetProperty("operators").GetProperty("Conv").GetInt32());
        Assert.Equal("x", summary.RootElement.GetProperty("inputs")[0].GetProperty("name").GetString());
        Assert.Equal(3 * 3 * 3 * 4, summary.RootElement.GetProperty("parameters").GetInt64());
    }

    [Fact]
    public async Task Inspect_CalibrationCache_ListsScales()
    {
        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(
            folder.PathOf("a.cache"), "TRT-8400-EntropyCalibration2\nimage_arrays: 3c010204\n", TestContext.Current.CancellationToken);

        var (exitCode, output, _) = await QatProcess.RunAsync("inspect", folder.PathOf("a.cache"), "--json");

        Assert.Equal(0, exitCode);
        using var cache = JsonDocument.Parse(output);
        Assert.Equal("8400", cache.RootElement.GetProperty("version").GetString());
        Assert.Equal("EntropyCalibration2", cache.RootElement.GetProperty("algorithm").GetString());
        Assert.Equal("image_arrays", cache.RootElement.GetProperty("scales")[0].GetProperty("name").GetString());
        Assert.Equal(1 / 127f, cache.RootElement.GetProperty("scales")[0].GetProperty("value").GetSingle());
    }

    [Fact]
    public async Task Optimize_FloatTarget_WritesARunnableModel()
    {
        using var folder = new ScratchFolder();
        WriteConvRelu(folder.PathOf("model.onnx"));

        var (exitCode, _, error) = await QatProcess.RunAsync(
            "optimize", folder.PathOf("model.onnx"), "--target", "float", "-o", folder.PathOf("out.onnx"));

        Assert.True(exitCode == 0, error);
        Assert.Contains(OnnxReader.Read(folder.PathOf("out.onnx")).Nodes, node => node.Is("Conv"));
    }

    [Theory]
    [InlineData("inspect", "no-such-file.onnx")]
    [InlineData("optimize", "no-such-file.onnx", "--target", "ort-cpu", "-o", "out.onnx")]
    [InlineData("run", "no-such-file.yaml")]
    [InlineData("optimize", "model.onnx", "--target", "abacus", "-o", "out.onnx")]
    [InlineData("no-such-verb")]
    public async Task BadInput_EndsWithOneClearLineAndExitCode2(params string[] arguments)
    {
        var (exitCode, _, error) = await QatProcess.RunAsync(arguments);

        Assert.Equal(2, exitCode);
        Assert.StartsWith("qat: ", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryVerb_HasHelpWithAnExample()
    {
        var (_, output, _) = await QatProcess.RunAsync("--help");
        var verbs = output[output.IndexOf("Commands:", StringComparison.Ordinal)..]
            .Split('\n').Skip(1).Where(line => line.Length > 2 && line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ')
            .Select(line => line.Trim().Split(' ')[0]).ToArray();

        Assert.NotEmpty(verbs);
        foreach (var verb in verbs)
        {
            var (_, help, _) = await QatProcess.RunAsync(verb, "--help");
            Assert.Contains($"Example: qat {verb}", help, StringComparison.Ordinal);
        }
    }

    private static void WriteConvRelu(string path)
    {
        var graph = new Graph("conv-relu", 17);
        graph.Inputs.Add(new ValueInfo("x", ElementType.Float, [1, 3, 8, 8]));
        graph.Outputs.Add(new ValueInfo("y", ElementType.Float, [1, 4, 8, 8]));
        graph.Initializers["w"] = Tensor.FromFloats([4, 3, 3, 3], [.. Enumerable.Range(0, 108).Select(index => (index % 7) - 3f)]);
        graph.Nodes.Add(new Node("conv", "Conv", ["x", "w"], ["c"]) { Attributes = { ["pads"] = new long[] { 1, 1, 1, 1 } } });
        graph.Nodes.Add(new Node("relu", "Relu", ["c"], ["y"]));
        OnnxWriter.Write(graph, path);
    }
}
