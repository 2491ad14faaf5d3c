using QatPipeline.Torch.Distillation;

namespace QatPipeline.Yolov6.Training.Losses;

/// <summary>How the distillation terms are formed; the defaults are what new models should use (reference 12).</summary>
/// <param name="Temperature">T of the class term and of the distance term.</param>
/// <param name="NormalizeByBatch">Divide the class term by the batch size; the reference takes the plain sum.</param>
/// <param name="BinaryForSingleClass">
/// With one class, compare the probabilities of object and background; the softmax over one class that the reference takes is
/// identically 1, and its term 0.
/// </param>
public sealed record DistillationOptions(double Temperature = 20, bool NormalizeByBatch = true, bool BinaryForSingleClass = true)
{
    /// <summary>As the reference computes them.</summary>
    public static DistillationOptions Strict { get; } = new(NormalizeByBatch: false, BinaryForSingleClass: false);
}

/// <summary>The terms that pull a student's outputs to a teacher's (reference 4.7).</summary>
internal static class DistillationTerms
{
    private const double SmallestProbability = 1e-7;

    /// <summary>ω(e): from 1 at the first epoch toward 0.01 at the end, multiplies all distillation terms.</summary>
    /// <param name="epoch">0-based.</param>
    /// <param name="epochs">Number of epochs.</param>
    public static double Decay(int epoch, int epochs) => 1 - (0.99 * (1 - Math.Cos(Math.PI * epoch / epochs)) / 2);

    /// <summary>Kullback-Leibler divergence of the class distributions at all anchors, times T².</summary>
    /// <param name="student">[B,A,K] probabilities.</param>
    /// <param name="teacher">[B,A,K] probabilities, without gradient.</param>
    /// <param name="options">Temperature and normalisation.</param>
    public static Tensor Classes(Tensor student, Tensor teacher, DistillationOptions options)
    {
        using var scope = NewDisposeScope();
        var (s, t) = student.shape[^1] == 1 && options.BinaryForSingleClass ? (Binary(student), Binary(teacher)) : (student, teacher);
        var sum = SoftenedDivergence(s, t, options.Temperature);
        return (options.NormalizeByBatch ? sum / student.shape[0] : sum).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Channel-wise distillation: each channel's activations as a distribution over positions; summed over levels, mean over
    /// images and channels.
    /// </summary>
    /// <param name="student">Feature maps [N,C,H,W] of the levels.</param>
    /// <param name="teacher">The teacher's, of the same shapes, without gradient.</param>
    public static Tensor Channels(IReadOnlyList<Tensor> student, IReadOnlyList<Tensor> teacher)
    {
        using var scope = NewDisposeScope();
        var levels = student.Zip(teacher, (s, t) => DistillationLoss.ChannelWise(s, t.detach()));
        return levels.Aggregate((sum, level) => sum + level).MoveToOuterDisposeScope();
    }

    // Σ q_t (log q_t − log q_s)·T² of the softmax of small numbers divided by T, over the last axis. The distributions are nearly uniform,
    // so that log q_t and log q_s agree in their leading digits, whose rounding T² would magnify: both are taken without their common part
    // −log K.
    private static Tensor SoftenedDivergence(Tensor student, Tensor teacher, double temperature)
    {
        var s = RelativeToUniform(student / temperature);
        var t = RelativeToUniform(teacher.detach() / temperature);
        return (t.exp() * (t - s)).sum() * (temperature * temperature / student.shape[^1]);
    }

    // log(K·softmax) = u − log(mean(exp u)) with u the centred logits.
    private static Tensor RelativeToUniform(Tensor logits)
    {
        var centred = logits - logits.mean([-1], keepdim: true);
        return centred - centred.expm1().mean([-1], keepdim: true).log1p();
    }

    // Logits of (object, background): their softmax at T = 1 is (p, 1 − p).
    private static Tensor Binary(Tensor probabilities)
    {
        var p = probabilities.clamp(SmallestProbability, 1 - SmallestProbability);
        return cat([p.log(), (1 - p).log()], -1);
    }
}
