global using QatPipeline.Graphs;
global using QatPipeline.Quantization;
global using TorchSharp;
global using GraphTensor = QatPipeline.Graphs.Tensor;
global using Tensor = TorchSharp.torch.Tensor;
