using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Graphs.Model;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Stages.Tests;

/// <summary>What is refused of a model before anything is computed, and the size of what is not.</summary>
public sealed class ImageInputTests
{
    private static readonly RunSpecification Specification = new()
    {
        Name = "input",
        Model = new ModelSpecification { Onnx = "model.onnx" },
        Data = new DataSpecification(),
    };

    [Theory]
    [InlineData(ElementType.Float16, 1, "holds Float16, but pictures are given as Float (32 bits)")]
    [InlineData(ElementType.UInt8, 1, "holds UInt8, but pictures are given as Float (32 bits)")]
    [InlineData(ElementType.Float, 3, "build.batches is 1, 32, but the model's input images: Float[3, 3, 240, 320] is fixed at a batch of 3")]
    public void Require_InputThatCannotBeGiven_SaysWhatToDo(ElementType type, long batch, string message)
    {
        var graph = ModelOf(type, ElementType.Float, [batch, 3, 240, 320]);
        var error = Assert.Throws<SpecificationException>(() => ImageInput.Require(graph, Specification));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_OutputThatIsNotRead_NamesIt()
    {
        var graph = ModelOf(ElementType.Float, ElementType.Bool, [1, 3, 240, 320]);
        var error = Assert.Throws<SpecificationException>(() => ImageInput.Require(graph, Specification));
        Assert.Contains("holds Bool, but detections are read as Float (32 bits)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_SuppressionByAPlugin_NamesItWhereTheTargetLacksIt()
    {
        var graph = ModelOf(ElementType.Float, ElementType.Int64, [1, 3, 240, 320]);
        graph.Nodes.Add(new Node("nms", "EfficientNMS_TRT", ["images"], ["out"], "TRT"));
        var onTensorRt = Specification with { Target = TargetNames.TensorRt, Build = Specification.Build with { Batches = [1] } };

        ImageInput.Require(graph, onTensorRt);
        var error = Assert.Throws<SpecificationException>(
            () => ImageInput.Require(graph, Specification with { Target = TargetNames.OrtCpu }));

        Assert.Contains("by a plugin of TensorRT (EfficientNMS_TRT 'nms')", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_SuppressionOfTheStandard_IsTaken()
    {
        var graph = ModelOf(ElementType.Float, ElementType.Int64, [1, 3, 240, 320]);
        graph.Nodes.Add(new Node("nms", "NonMaxSuppression", ["images"], ["out"]));
        ImageInput.Require(graph, Specification with { Target = TargetNames.OrtCpu });
    }

    [Fact]
    public void Require_SecondInput_NamesBoth()
    {
        var graph = ModelOf(ElementType.Float, ElementType.Float, [1, 3, 240, 320]);
        graph.Inputs.Add(new ValueInfo("im_shape", ElementType.Float, [1, 2]));
        var error = Assert.Throws<SpecificationException>(() => ImageInput.Require(graph, Specification));
        Assert.Contains("the inputs images, im_shape, but a detector of one input is expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SizeOf_InputThatIsNotSquare_IsTheModelsOwn() =>
        Assert.Equal((240, 320), ImageInput.SizeOf(ModelOf(ElementType.Float, ElementType.Float, [1, 3, 240, 320]), Specification));

    [Fact]
    public void SizeOf_OpenInput_TakesHeightAndWidthOfTheSpecification()
    {
        var specification = Specification with
        {
            Model = new ModelSpecification
            {
                Onnx = "model.onnx",
                Detector = new DetectorSpecification { Input = new DetectorInputSpecification { Size = [96, 160] } },
            },
        };
        Assert.Equal((96, 160), ImageInput.SizeOf(ModelOf(ElementType.Float, ElementType.Float, [1, 3, default, default]), specification));
        Assert.Throws<SpecificationException>(
            () => ImageInput.SizeOf(ModelOf(ElementType.Float, ElementType.Float, [1, 3, 64, 64]), specification));
    }

    private static Graph ModelOf(ElementType input, ElementType output, Dimension[] shape)
    {
        var graph = new Graph("model", 17);
        graph.Inputs.Add(new ValueInfo("images", input, [.. shape]));
        graph.Outputs.Add(new ValueInfo("out", output, [1, 10, 85]));
        return graph;
    }
}
