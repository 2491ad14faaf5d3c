using QatPipeline.Torch.Parallel;

namespace QatPipeline.Torch.Distillation;

/// <summary>The weighted distillation terms of a batch: a student's values against a teacher's.</summary>
internal sealed class DistillationComparison(DistillationTargets targets, QatOptions options, ICollective? ranks = null)
{
    public const string FeatureItem = "feature";
    public const string ProbabilityItem = "probability";
    public const string RegressionItem = "regression";

    public IReadOnlyDictionary<string, Tensor> Compute(
        IReadOnlyDictionary<string, Tensor> student, IReadOnlyDictionary<string, Tensor> teacher)
    {
        var logits = targets.Predictions.Where(target => target.Kind == PredictionKind.Logits).Select(target => target.Name).ToList();
        var items = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        Add(
            FeatureItem,
            options.FeatureWeight,
            targets.Features.Select(name => DistillationLoss.ChannelWise(student[name], teacher[name], ranks)));
        Add(
            ProbabilityItem,
            options.ProbabilityWeight,
            logits.Select(name => DistillationLoss.Probabilities(student[name], teacher[name], ranks)));
        Add(
            RegressionItem,
            options.RegressionWeight,
            targets.Predictions
                .Where(target => target.Kind == PredictionKind.Regression)
                .Select(target => DistillationLoss.Regression(
                    student[target.Name], teacher[target.Name], WeightsFor(target.Name, logits, teacher), ranks)));
        return items;

        void Add(string name, double weight, IEnumerable<Tensor> terms)
        {
            if (weight > 0 && terms.ToList() is { Count: > 0 } list)
            {
                items[name] = list.Aggregate((sum, term) => sum + term) * weight;
            }
        }
    }

    // Boxes matter where there is an object: the class tensor over the same positions says where.
    private static Tensor? WeightsFor(string name, List<string> logits, IReadOnlyDictionary<string, Tensor> teacher)
    {
        var value = teacher[name];
        return value.dim() > 2 && logits.Find(other => IsOverSamePositions(teacher[other], value)) is { } found
            ? DistillationLoss.Confidence(teacher[found])
            : null;
    }

    private static bool IsOverSamePositions(Tensor first, Tensor second) =>
        first.dim() == second.dim() && first.shape.AsSpan(2).SequenceEqual(second.shape.AsSpan(2));
}
