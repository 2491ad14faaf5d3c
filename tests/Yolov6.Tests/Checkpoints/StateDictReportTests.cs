using QatPipeline.Yolov6.Checkpoints;

namespace QatPipeline.Yolov6.Tests.Checkpoints;

public sealed class StateDictReportTests
{
    private static readonly KeyValuePair<string, long[]>[] Expected = [new("a", [2]), new("b", [1, 2]), new("c", [1])];

    [Fact]
    public void Compare_EveryKindOfDifference_IsNamed()
    {
        var found = new StateDict();
        found.Set("a", [2], [1, 2]);
        found.Set("b", [2, 1], [1, 2]);
        found.Set("extra", [1], [1]);
        found.Set("detect.proj", [1], [1]);
        var report = StateDictReport.Compare(found, Expected, name => name == "detect.proj");
        Assert.Equal(["a"], report.Matched);
        Assert.Equal(["c"], report.Missing);
        Assert.Equal(["extra"], report.Unexpected);
        Assert.Equal(["b: has [2,1], expected [1,2]"], report.Mismatched);
        var error = Assert.Throws<CheckpointException>(() => report.RequireExact("x.pt"));
        Assert.Contains("b: has [2,1], expected [1,2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequireExact_ExactFit_Passes()
    {
        var found = new StateDict();
        foreach (var (name, shape) in Expected)
        {
            found.Set(name, shape, new float[StateTensor.CountOf(shape)]);
        }

        Assert.Equal(3, StateDictReport.Compare(found, Expected).RequireExact("x.pt").Matched.Count);
    }
}
