using QatPipeline.CocoEvaluation.Scoring;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.ServiceDefaults.Backends;
using QatPipeline.ServiceDefaults.Datasets;
using QatPipeline.Stages;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddStage<EvaluateStage>());
builder.AddModelBackend("onnx-runtime", OrtCpuBackend.LoadNow);
builder.AddImageSource();
builder.Services.AddSingleton<GroundTruthCache>();
builder.Services.AddGrpc();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<ScoringService>();
app.Run();
