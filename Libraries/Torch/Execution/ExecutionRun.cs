using QatPipeline.Torch.Operators;

namespace QatPipeline.Torch.Execution;

/// <summary>
/// One forward pass in progress. It owns the values it computes, whatever dispose scopes come and go meanwhile, and frees each after
/// its last reader.
/// </summary>
internal sealed class ExecutionRun(ExecutionPlan plan, OperatorContext context, ExecutionMode mode, ITensorObserver? observer) : IDisposable
{
    private readonly Tensor?[] _slots = new Tensor?[plan.SlotCount];
    private readonly bool[] _isBorrowed = new bool[plan.SlotCount];
    private readonly HashSet<(int Slot, Quantizer Source)> _shown = [];

    /// <summary>Sets an input or constant, which stays the caller's.</summary>
    public void Bind(string name, Tensor value)
    {
        if (plan.FindSlot(name) is >= 0 and var slot)
        {
            _slots[slot] = value;
            _isBorrowed[slot] = true;
        }
    }

    /// <summary>Runs one step, quantizing its inputs as the pass's mode, or the step's own, says.</summary>
    public void Execute(ExecutionStep step, ExecutionMode? stepMode = null)
    {
        var outputs = Compute(step, stepMode ?? mode);
        for (var index = 0; index < outputs.Length; index++)
        {
            if (index < step.Outputs.Length && step.Outputs[index] >= 0)
            {
                _slots[step.Outputs[index]] = outputs[index].DetachFromDisposeScope();
            }
            else
            {
                outputs[index].Dispose();
            }
        }
    }

    /// <summary>The step's outputs for the inputs it has now, with its weights left float on request; the caller owns them.</summary>
    public Tensor[] Compute(ExecutionStep step, ExecutionMode stepMode, bool keepsWeights = false)
    {
        using var scope = NewDisposeScope();
        var inputs = Array.ConvertAll(
            step.Inputs,
            input => Resolve(step, input, keepsWeights && input.Quantizer is { IsWeight: true } ? ExecutionMode.Float : stepMode));
        try
        {
            var outputs = step.Operator(new OperatorCall(step.Node, inputs, context));
            scope.MoveToOuter((IDisposable[])outputs);
            return outputs;
        }
        catch (System.Runtime.InteropServices.ExternalException error)
        {
            var shapes = string.Join(", ", inputs.Select(input => input is null ? "-" : $"[{string.Join(",", input.shape)}]"));
            throw new TorchExecutionException($"{step.Node} failed on inputs {shapes}: {FirstLine(error.Message)}", error);
        }
    }

    /// <summary>The value of a slot that has been computed.</summary>
    public Tensor Value(int slot) => _slots[slot]!;

    /// <summary>Lets go of what no later step needs.</summary>
    public void Release(ExecutionStep step)
    {
        foreach (var slot in step.Expired)
        {
            Release(slot);
        }
    }

    /// <summary>The wanted values, owned by the caller or the caller's dispose scope.</summary>
    public Dictionary<string, Tensor> TakeWanted() =>
        plan.Wanted.ToDictionary(name => name, name => _slots[plan.FindSlot(name)]!.alias(), StringComparer.Ordinal);

    public void Dispose()
    {
        for (var slot = 0; slot < _slots.Length; slot++)
        {
            Release(slot);
        }
    }

    private void Release(int slot)
    {
        if (!_isBorrowed[slot])
        {
            _slots[slot]?.Dispose();
        }

        _slots[slot] = null;
    }

    private Tensor? Resolve(ExecutionStep step, StepInput input, ExecutionMode stepMode)
    {
        if (input.Slot < 0)
        {
            return null;
        }

        var value = _slots[input.Slot]
            ?? throw new TorchExecutionException(
                $"{step.Node}: a value it reads has not been computed; "
                + "the graph's nodes are not in topological order, or an input is not bound.");
        if (input.Bias is { } bias && stepMode == ExecutionMode.FakeQuantize)
        {
            return bias.Round(value);
        }

        if (input.Quantizer is not { } quantizer || stepMode == ExecutionMode.Float)
        {
            return value;
        }

        if (stepMode == ExecutionMode.Observe)
        {
            Show(input, value);
            return value;
        }

        if (!input.Source!.IsEnabled || !quantizer.IsCalibrated)
        {
            return value;
        }

        return _slots[input.QuantizedSlot] ??= quantizer.Apply(value).DetachFromDisposeScope();
    }

    private void Show(StepInput input, Tensor value)
    {
        // Quantizers of one group may read one tensor: each has statistics of its own.
        if (!input.Quantizer!.IsWeight && _shown.Add((input.Slot, input.Source!)))
        {
            observer?.Observe(input.Source!, value);
        }
    }

    private static string FirstLine(string message) => message.AsSpan().IndexOf('\n') is >= 0 and var end ? message[..end] : message;
}
