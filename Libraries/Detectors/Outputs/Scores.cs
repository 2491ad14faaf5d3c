namespace QatPipeline.Detectors.Outputs;

/// <summary>From a network's numbers to probabilities.</summary>
internal static class Scores
{
    public static float Sigmoid(float value) => 1 / (1 + MathF.Exp(-value));

    /// <summary>The probabilities of an anchor's classes, the background among them.</summary>
    public static void Read(Lane values, ScoreForm form, Span<float> probabilities)
    {
        for (var index = 0; index < values.Count; index++)
        {
            probabilities[index] = form == ScoreForm.Logits ? Sigmoid(values[index]) : values[index];
        }

        if (form == ScoreForm.Softmax)
        {
            Softmax(probabilities);
        }
    }

    private static void Softmax(Span<float> values)
    {
        var (largest, sum) = (float.NegativeInfinity, 0f);
        foreach (var value in values)
        {
            largest = MathF.Max(largest, value);
        }

        foreach (ref var value in values)
        {
            sum += value = MathF.Exp(value - largest);
        }

        foreach (ref var value in values)
        {
            value /= sum;
        }
    }
}
