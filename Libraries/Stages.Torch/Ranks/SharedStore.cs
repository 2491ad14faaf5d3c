using System.Security.Cryptography;
using QatPipeline.Torch.Parallel;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>
/// The checkpoints of a training of several ranks: rank 0 gets and gives them, and each time all must hold the same.
/// </summary>
/// <param name="ranks">All of them.</param>
/// <param name="stage">Where rank 0 takes them to; null for the others.</param>
/// <param name="meter">What the ranks have done is told with each of them.</param>
internal sealed class SharedStore(ICollective ranks, StageLink? stage, RankMeter meter) : ITrainingStore
{
    public async Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var content = ranks.Share(stage is null ? null : await stage.OpenAsync(name, cancellationToken));
        return content.Length == 0 ? null : new MemoryStream(content, writable: false);
    }

    public async Task WriteAsync(string name, Action<Stream> write, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream();
        write(stream);
        var content = stream.ToArray();
        ranks.RequireSame(SHA256.HashData(content), "The training's state");
        await meter.ReportFiguresAsync();
        if (stage is not null)
        {
            await stage.SaveAsync(name, content);
        }
    }
}
