using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Engines.Tests.OnnxRuntime;

public sealed class AgreementGateTests
{
    [Fact]
    public void Require_EveryTensorNear_Passes() =>
        AgreementGate.Require(ModelWith(weightCode: 127), [Tensor("stem", 0), Tensor("head", 0.01)]);

    [Fact]
    public void Require_TensorFarAway_NamesTheWorstAndWhereItBegins()
    {
        TensorAgreement[] tensors = [Tensor("stem", 0), Tensor("neck", 0.2), Tensor("head", 0.6)];

        var error = Assert.Throws<EngineException>(() => AgreementGate.Require(ModelWith(weightCode: 64), tensors));

        Assert.Contains("of the codes of 'head.codes' (node 'head') differ by more than 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("begins at node 'neck'", error.Message, StringComparison.Ordinal);
        Assert.Contains("partial.skip", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Require_WeightsOfEightBits_AreTheLikelyCause()
    {
        var error = Assert.Throws<EngineException>(() => AgreementGate.Require(ModelWith(weightCode: -100), [Tensor("stem", 0.02)]));

        Assert.Contains("calibration.weightBits", error.Message, StringComparison.Ordinal);
    }

    private static TensorAgreement Tensor(string producer, double furtherShare) =>
        new($"{producer}.codes", producer, 1000, furtherShare, furtherShare, furtherShare > 0 ? 9 : 1);

    private static Graph ModelWith(sbyte weightCode) => new("model", 17)
    {
        Initializers = { ["weight"] = QatPipeline.Graphs.Model.Tensor.From<sbyte>([1, 1], [weightCode]) },
    };
}
