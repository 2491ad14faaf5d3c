using QatPipeline.Graphs.Quantizers;

namespace QatPipeline.Torch.FakeQuantization;

/// <summary>
/// The bias of a layer on integers in a running network: rounded to the codes that the engine adds, by the scales and statistics of the
/// moment. Gradients pass straight through.
/// </summary>
internal sealed class NetworkBias(
    IntegerBias bias, NetworkQuantizer input, NetworkQuantizer weight, IReadOnlyDictionary<string, Tensor> constants)
{
    /// <summary>The bias, or the shift of the batch normalization it is folded with, with the rounding added to it [C].</summary>
    public Tensor Round(Tensor value)
    {
        using var scope = NewDisposeScope();
        var rounding = Evaluate().Channels.Select(channel => channel.Rounding).ToArray();
        return (value + tensor(rounding, device: value.device)).MoveToOuterDisposeScope();
    }

    /// <summary>Widens the simulated weight ranges where the bias does not fit int32.</summary>
    public void MakeRoom()
    {
        if (weight.Axis is not null && Evaluate().WithRoom(weight.Scheme, weight.Simulated) is { } ranges)
        {
            weight.Widened = ranges;
        }
    }

    private IntegerBiasValues Evaluate()
    {
        using var gradients = no_grad();
        return bias.Evaluate(name => constants[name].ToFloats(), input.Simulated[0], weight.Simulated);
    }
}
