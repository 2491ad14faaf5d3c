using QatPipeline.Contracts.Specification;

namespace QatPipeline.Cli.Commands;

/// <summary>How AP is measured, with the defaults of a run's <c>evaluation</c>.</summary>
internal sealed class EvaluationOptions
{
    private static readonly EvaluationSpecification Defaults = new();

    private readonly Option<string> _protocol = new("--protocol")
    {
        Description = "E1, E2 or E3",
        DefaultValueFactory = _ => Defaults.Protocol,
    };

    private readonly Option<int> _loadSize = new("--load-size")
    {
        Description = "Side that pictures are loaded at before the letterbox; 0 takes the protocol's",
        DefaultValueFactory = _ => Defaults.LoadSize,
    };

    private readonly Option<double> _confidence = new("--confidence")
    {
        Description = "Least score of a detection",
        DefaultValueFactory = _ => Defaults.Confidence,
    };

    private readonly Option<double> _iou = new("--iou")
    {
        Description = "Overlap above which the weaker of two detections is dropped",
        DefaultValueFactory = _ => Defaults.Iou,
    };

    private readonly Option<int> _maxDetections = new("--max-detections")
    {
        Description = "Most detections kept in a picture",
        DefaultValueFactory = _ => Defaults.MaxDetections,
    };

    public EvaluationOptions()
    {
        _protocol.AcceptOnlyFromAmong("E1", "E2", "E3");
        RequireRange(_loadSize, 0, 4096);
        RequireRange(_confidence, 0, 1);
        RequireRange(_iou, 0, 1);
        RequireRange(_maxDetections, 1, 10_000);
    }

    public IEnumerable<Option> All => [_protocol, _loadSize, _confidence, _iou, _maxDetections];

    /// <param name="parsed">The command line.</param>
    /// <param name="batch">Images in a forward pass.</param>
    public EvaluationSpecification Of(ParseResult parsed, int batch) => new()
    {
        Protocol = parsed.GetRequiredValue(_protocol),
        LoadSize = parsed.GetValue(_loadSize),
        Confidence = parsed.GetValue(_confidence),
        Iou = parsed.GetValue(_iou),
        MaxDetections = parsed.GetValue(_maxDetections),
        Batch = batch,
    };

    private static void RequireRange<T>(Option<T> option, T least, T most)
        where T : IComparable<T> =>
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<T>() is not { } value)
            {
                return;
            }

            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                result.AddError($"{option.Name} is {value}: it must be from {least} to {most}.");
            }
        });
}
