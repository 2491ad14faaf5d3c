using Grpc.Core;
using QatPipeline.Coco;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Contracts.V1.Grpc;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.CocoEvaluation.Scoring;

/// <summary>Scores streamed detections against a ground truth artifact.</summary>
internal sealed class ScoringService(GroundTruthCache truths) : Contracts.V1.Grpc.CocoEvaluation.CocoEvaluationBase
{
    /// <summary>300 detections on each of the 118,000 pictures of COCO's largest split fit.</summary>
    private const int MostDetections = 40_000_000;

    public override async Task<ScoreReply> Score(IAsyncStreamReader<ScoreRequest> requestStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext() || requestStream.Current.GroundTruth is not { } groundTruth)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "The first message must name the ground truth."));
        }

        var truth = await ReadTruthAsync(groundTruth.Sha256, context.CancellationToken);
        var detections = new List<Detection>();
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            var chunk = request.Detections
                ?? throw new RpcException(new Status(StatusCode.InvalidArgument, "The ground truth must be named once."));
            if (detections.Count + chunk.Detections.Count > MostDetections)
            {
                throw new RpcException(new Status(StatusCode.ResourceExhausted, $"A stream may have {MostDetections} detections at most."));
            }

            detections.AddRange(chunk.Detections.Select(box =>
                new Detection(box.ImageId, box.CategoryId, new CocoBox(box.X, box.Y, box.Width, box.Height), box.Score)));
        }

        return ToReply(await Task.Run(() => CocoEvaluator.Evaluate(truth, detections), context.CancellationToken));
    }

    private async Task<CocoDataset> ReadTruthAsync(string sha256, CancellationToken cancellationToken)
    {
        try
        {
            return await truths.GetAsync(sha256, cancellationToken);
        }
        catch (Exception exception) when (exception is ArtifactException or CocoException)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, exception.Message));
        }
    }

    private static ScoreReply ToReply(Coco.Evaluation.CocoEvaluation evaluation)
    {
        var figures = evaluation.Metrics;
        var reply = new ScoreReply { IgnoredDetections = evaluation.IgnoredDetections };
        reply.Metrics.Add(new Dictionary<string, double>
        {
            ["AP"] = figures.Ap,
            ["AP50"] = figures.Ap50,
            ["AP75"] = figures.Ap75,
            ["APs"] = figures.ApSmall,
            ["APm"] = figures.ApMedium,
            ["APl"] = figures.ApLarge,
            ["AR1"] = figures.Ar1,
            ["AR10"] = figures.Ar10,
            ["AR100"] = figures.Ar100,
            ["ARs"] = figures.ArSmall,
            ["ARm"] = figures.ArMedium,
            ["ARl"] = figures.ArLarge,
        });
        reply.Categories.AddRange(evaluation.PerCategory.Select(
            category => new CategoryScore { Id = category.Id, Name = category.Name, Ap = category.Ap, Ap50 = category.Ap50 }));
        return reply;
    }
}
