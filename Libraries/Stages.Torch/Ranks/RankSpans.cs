using System.Diagnostics;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>A span for each rank of a training, below that of its stage, with what it has done. The stage keeps them: it outlives its ranks.</summary>
internal sealed class RankSpans : IDisposable
{
    private readonly Activity?[] _spans;

    /// <param name="ranks">How many.</param>
    public RankSpans(int ranks)
    {
        var stage = Activity.Current;
        _spans = [.. Enumerable.Range(0, ranks).Select(rank =>
            PipelineTelemetry.Source.StartActivity($"rank {rank}", ActivityKind.Internal, stage?.Context ?? default)?.SetTag("qat.rank", rank))];

        // What the stage does itself meanwhile belongs to the stage.
        Activity.Current = stage;
    }

    /// <summary>Notes what the ranks have done so far.</summary>
    /// <param name="figures">By rank.</param>
    public void Note(IReadOnlyList<RankFigures> figures)
    {
        foreach (var (span, done) in _spans.Zip(figures))
        {
            span?.SetTag("qat.rank.steps", done.Steps)
                .SetTag("qat.rank.images", done.Images)
                .SetTag("qat.rank.communication_seconds", done.CommunicationSeconds)
                .SetTag("qat.rank.summed_bytes", done.SummedBytes);
        }
    }

    /// <summary>The ranks have ended before their time.</summary>
    public void Fail(string reason)
    {
        foreach (var span in _spans)
        {
            span?.SetStatus(ActivityStatusCode.Error, reason);
        }
    }

    public void Dispose()
    {
        foreach (var span in _spans)
        {
            span?.Dispose();
        }
    }
}
