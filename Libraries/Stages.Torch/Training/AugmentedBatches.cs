using QatPipeline.Coco.Augmentation;
using QatPipeline.Torch;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Training.Assigners;

namespace QatPipeline.Stages.Torch.Training;

/// <summary>
/// Augmented training images with their objects, for the float training of a detector. Mosaic and mixup are switched off for the last
/// epochs, as the reference does (3.7).
/// </summary>
public sealed class AugmentedBatches : ITrainingBatches, IAsyncDisposable
{
    private readonly TrainingLoader _strong;
    private readonly TrainingLoader _plain;
    private readonly int _firstPlainEpoch;
    private IAsyncEnumerator<TrainingBatch>? _reader;
    private (int Epoch, int Step) _next;

    /// <param name="images">The training images.</param>
    /// <param name="options">Size, batch, seed and strength.</param>
    /// <param name="epochs">Length of the training.</param>
    /// <param name="plainEpochs">Epochs at the end without mosaic and mixup, where the training is longer than that.</param>
    public AugmentedBatches(IReadOnlyList<TrainingImage> images, TrainingLoaderOptions options, int epochs, int plainEpochs = 15)
    {
        _strong = new TrainingLoader(images, options);
        _plain = new TrainingLoader(images, options with { Augmentation = options.Augmentation with { Mosaic = 0, Mixup = 0 } });
        _firstPlainEpoch = epochs > plainEpochs ? epochs - plainEpochs : epochs;
    }

    /// <inheritdoc/>
    public int StepsPerEpoch => _strong.BatchCount;

    /// <inheritdoc/>
    public async Task<TrainingInput> ReadAsync(int epoch, int step, CancellationToken cancellationToken)
    {
        if (_reader is null || _next != (epoch, step))
        {
            await DisposeAsync();
            var loader = epoch < _firstPlainEpoch ? _strong : _plain;
            _reader = loader.ReadAsync(epoch, step, cancellationToken).GetAsyncEnumerator(cancellationToken);
        }

        if (!await _reader.MoveNextAsync())
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, $"an epoch has {StepsPerEpoch} steps");
        }

        _next = (epoch, step + 1);
        using var batch = _reader.Current;
        return new TrainingInput(new PixelBatch(batch.Pixels.ToArray(), batch.Count, 3, batch.Size, batch.Size), Labels(batch));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_reader is { } reader)
        {
            _reader = null;
            await reader.DisposeAsync();
        }
    }

    private static DetectionLabels Labels(TrainingBatch batch)
    {
        var images = new List<TargetBox>[batch.Count];
        for (var image = 0; image < images.Length; image++)
        {
            images[image] = [];
        }

        foreach (var (image, index, x, y, width, height) in batch.Labels)
        {
            images[image].Add(new TargetBox(
                index,
                (float)((x - (width / 2)) * batch.Size),
                (float)((y - (height / 2)) * batch.Size),
                (float)((x + (width / 2)) * batch.Size),
                (float)((y + (height / 2)) * batch.Size)));
        }

        return new DetectionLabels(images);
    }
}
