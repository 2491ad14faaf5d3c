using QatPipeline.Runs.Specification;

namespace QatPipeline.Runs.Tests.Specification;

public sealed class RunSpecificationLoaderTests
{
    private const string Minimal = """
        name: demo
        model:
          onnx: model.onnx
        data:
          calibration: [{ annotations: a.json, images: pictures }]
          training: [{ annotations: a.json, images: pictures }]
          validation: [{ annotations: v.json, images: pictures }]
        """;

    [Fact]
    public void Parse_MinimalFile_ResolvesPathsAgainstItsFolderAndTakesDefaults()
    {
        var specification = RunSpecificationLoader.Parse(Minimal, "run.yaml", "/data/runs");

        Assert.Equal("/data/runs/model.onnx", specification.Model.Onnx);
        Assert.Equal("/data/runs/pictures", specification.Data.Validation[0].Images);
        Assert.Equal("ort-cpu", specification.Target);
        Assert.Equal(["max", "percentile", "mse", "entropy"], specification.Calibration.Methods);
        Assert.NotNull(specification.Qat);
    }

    [Theory]
    [InlineData("avx512-vnni", "avx512-vnni")]
    [InlineData("here", "here")]
    [InlineData("edge.json", "/data/runs/edge.json")]
    public void Parse_Machine_IsAWordOrAPath(string written, string expected)
    {
        var specification = RunSpecificationLoader.Parse($"{Minimal}\nbuild: {{ machine: {written} }}", "run.yaml", "/data/runs");

        Assert.Equal(expected, specification.Build.Machine);
    }

    [Fact]
    public void Parse_NullSection_SwitchesItOff() =>
        Assert.Null(RunSpecificationLoader.Parse(Minimal + "\nqat: null", "run.yaml", "/").Qat);

    [Fact]
    public void Parse_NumberThatMayBeLeftOut_IsRead()
    {
        var text = Minimal.Replace("onnx: model.onnx", "yolov6: { variant: n, form: repvgg }", StringComparison.Ordinal)
            + "\nqat: { profile: strict, mosaic: 0, mixup: 0.5 }";

        var qat = RunSpecificationLoader.Parse(text, "run.yaml", "/").Qat!;

        Assert.Equal([0, 0.5], [qat.Mosaic, qat.Mixup]);
    }

    [Fact]
    public void Parse_EnvironmentReference_TakesTheDefaultWhereUnset()
    {
        var text = Minimal.Replace("v.json", "\"${QAT_NO_SUCH_VARIABLE:-/elsewhere}/v.json\"", StringComparison.Ordinal);

        Assert.Equal("/elsewhere/v.json", RunSpecificationLoader.Parse(text, "run.yaml", "/").Data.Validation[0].Annotations);
    }

    [Theory]
    [InlineData("\nqat: { epoch: 3 }", "run.yaml:8: unknown key 'qat.epoch'; did you mean 'epochs'?")]
    [InlineData("\nqat: { epochs: 0 }", "run.yaml:8: 'qat.epochs' is 0, but must be from 1 to 1000")]
    [InlineData("\nqat: { epochs: ten }", "run.yaml:8: 'qat.epochs' is 'ten', but must be a whole number")]
    [InlineData("\nqat: { mosaic: some }", "run.yaml:8: 'qat.mosaic' is 'some', but must be a number")]
    [InlineData("\nqat: { mosaic: 2 }", "run.yaml:8: 'qat.mosaic' is 2, but must be from 0 to 1")]
    [InlineData("\ntarget: gpu", "run.yaml:8: 'target' is gpu, but must be one of ort-cpu, tensorrt")]
    [InlineData("\nqat: 5", "run.yaml:8: 'qat' must be a mapping of keys")]
    [InlineData("\n: - x", "run.yaml:8: not valid YAML")]
    public void Parse_BadKey_NamesLineKeyAndRemedy(string addition, string expected)
    {
        var exception = Assert.Throws<SpecificationException>(() => RunSpecificationLoader.Parse(Minimal + addition, "run.yaml", "/"));

        Assert.StartsWith(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_MissingRequiredKey_NamesIt()
    {
        var exception = Assert.Throws<SpecificationException>(() => RunSpecificationLoader.Parse("name: x", "run.yaml", "/"));

        Assert.Equal("run.yaml:1: key 'model' is missing", exception.Message);
    }

    [Fact]
    public void ParseSubmitted_EnvironmentReference_StaysAsItIs()
    {
        var text = Minimal.Replace("demo", "\"${PATH}\"", StringComparison.Ordinal)
            .Replace(": a.json", ": /a.json", StringComparison.Ordinal)
            .Replace(": v.json", ": /v.json", StringComparison.Ordinal).Replace(": pictures", ": /pictures", StringComparison.Ordinal)
            .Replace(": model.onnx", ": /model.onnx", StringComparison.Ordinal);

        Assert.Equal("${PATH}", RunSpecificationLoader.ParseSubmitted(text, "the request", DataRoots.Unlimited).Name);
    }

    [Fact]
    public void ParseSubmitted_RelativePath_IsRefused()
    {
        var exception = Assert.Throws<SpecificationException>(
            () => RunSpecificationLoader.ParseSubmitted(Minimal, "the request", DataRoots.Unlimited));

        Assert.StartsWith(
            "the request:3: 'model.onnx' is 'model.onnx', but must be an absolute path", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_MoreThanAMebibyte_IsRefused() =>
        Assert.Contains(
            "larger than 1 MiB",
            Assert.Throws<SpecificationException>(
                () => RunSpecificationLoader.Parse(new string('#', (1 << 20) + 1), "run.yaml", "/")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void ParseSubmitted_Json_IsReadAsJsonIs()
    {
        const string Json = """
            {"name":"\ud83d\ude00 \/ \u00e4\t","seed":15,"model":{"onnx":"/m.onnx"},"qat":null,
            	"data":{"calibration":[{"yolo":"/d"}],
            	"validation":[{"yolo":"/d","limit":4}]}}
            """;

        var read = RunSpecificationLoader.ParseSubmitted(Json, "the trigger", DataRoots.Unlimited);

        Assert.Equal("😀 / ä\t", read.Name);
        Assert.Equal(4, read.Data.Validation[0].Limit);
        Assert.Null(read.Qat);
    }
}
