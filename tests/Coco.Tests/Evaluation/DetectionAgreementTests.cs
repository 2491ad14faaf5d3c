using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;

namespace QatPipeline.Coco.Tests.Evaluation;

public sealed class DetectionAgreementTests
{
    private static readonly Detection Detection = new(1, 5, new CocoBox(10, 10, 100, 100), 0.8);

    [Fact]
    public void EqualSets_AgreeFully()
    {
        var agreement = DetectionAgreement.Compare(
            [Detection, Detection with { ImageId = 2 }], [Detection with { ImageId = 2 }, Detection]);
        Assert.Equal((2, 1.0, 0.0, 1.0), (agreement.Matched, agreement.MatchedFraction, agreement.MeanScoreDifference, agreement.MeanIou));
    }

    [Fact]
    public void EachDetection_HasAtMostOnePartnerOfItsClass()
    {
        Detection[] second =
        [
            Detection with { Score = 0.6, Box = new CocoBox(10, 10, 100, 95) },
            Detection with { CategoryId = 6 },
            Detection with { ImageId = 3 },
        ];

        var agreement = DetectionAgreement.Compare([Detection, Detection with { Score = 0.5 }], second);

        Assert.Equal((2, 3, 1), (agreement.FirstCount, agreement.SecondCount, agreement.Matched));
        Assert.Equal(0.4, agreement.MatchedFraction, 1e-12);
        Assert.Equal(0.2, agreement.MeanScoreDifference, 1e-12);
        Assert.Equal(0.95, agreement.MeanIou, 1e-12);
        Assert.Equal([new ImageAgreement(3, 1, 0), new ImageAgreement(1, 4, 1)], agreement.WorstImages);
    }

    [Fact]
    public void EmptySets_Agree() => Assert.Equal(1, DetectionAgreement.Compare([], []).MatchedFraction);
}
